package io.voronode.coordinator.image;

import io.voronode.proto.internal.v1.NodeAdminState;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.NodeRegistration;
import org.jspecify.annotations.Nullable;

/**
 * One shard node.
 *
 * @param liveness of its newest incarnation; null while it is not known to live, which is a hint: only its own answer decides
 */
public record NodeImage(
        NodeRegistration registration, @Nullable NodeLiveness liveness) {

    /** Whether replicas may be placed on it: it takes them and lives. */
    public boolean placeable() {
        return registration.getState() == NodeAdminState.NODE_ADMIN_STATE_ACTIVE && liveness != null;
    }
}
