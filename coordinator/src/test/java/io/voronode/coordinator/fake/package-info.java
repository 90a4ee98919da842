/** Shard nodes in this JVM over one small model in memory, for tests of the request paths. */
@NullMarked
package io.voronode.coordinator.fake;

import org.jspecify.annotations.NullMarked;
