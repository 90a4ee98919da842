/** Snapshots of collections: folders of row files on the disk of a coordinator, written from partitions and restored by writes. */
@NullMarked
package io.voronode.coordinator.snapshot;

import org.jspecify.annotations.NullMarked;
