package io.voronode.coordinator.image;

import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.NodeRegistration;
import org.jspecify.annotations.Nullable;

/**
 * One shard node.
 *
 * @param liveness of its newest incarnation; null while it is not known to live, which is a hint: only its own answer decides
 */
public record NodeImage(
        NodeRegistration registration, @Nullable NodeLiveness liveness) {}
