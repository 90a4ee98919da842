/**
 * The servers of a cluster as processes, {@code voronode coordinator} and {@code voronode shard-node}, and where their settings come from
 * ({@link io.voronode.cli.server.ServerSettings}: command line, environment, YAML file).
 */
@NullMarked
package io.voronode.cli.server;

import org.jspecify.annotations.NullMarked;
