/** Tests of the package of the same name. */
@NullMarked
package io.voronode.coordinator.zookeeper;

import org.jspecify.annotations.NullMarked;
