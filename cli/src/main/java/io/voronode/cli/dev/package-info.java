/**
 * Voronode in one process and one folder: {@link io.voronode.cli.dev.DevServer} wires an embedded ZooKeeper, a shard node and a
 * coordinator; {@link io.voronode.cli.dev.DataFolder} guards the folder.
 */
@NullMarked
package io.voronode.cli.dev;

import org.jspecify.annotations.NullMarked;
