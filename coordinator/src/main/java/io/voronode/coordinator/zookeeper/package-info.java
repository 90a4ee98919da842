/**
 * ZooKeeper itself: the server that runs inside a single Voronode process, and the client that every coordinator opens. Knows no
 * znode by name.
 */
@NullMarked
package io.voronode.coordinator.zookeeper;

import org.jspecify.annotations.NullMarked;
