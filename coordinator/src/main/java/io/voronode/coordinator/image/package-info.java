/**
 * What a coordinator knows of the cluster: the tree in ZooKeeper mirrored whole ({@link
 * io.voronode.coordinator.image.TreeSnapshot}), and from it the immutable {@link io.voronode.coordinator.image.ClusterImage} that
 * requests are served from, replaced whole and adopted only when complete. Nothing here writes to the tree but the coordinator's own
 * ephemeral liveness.
 */
@NullMarked
package io.voronode.coordinator.image;

import org.jspecify.annotations.NullMarked;
