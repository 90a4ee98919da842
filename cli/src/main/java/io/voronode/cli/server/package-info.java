/**
 * The server processes of a cluster: {@code voronode coordinator} and {@code voronode shard-node}, and what every server process needs: its
 * settings ({@link io.voronode.cli.server.ServerSettings}: command line, environment, YAML file) and an orderly end ({@link
 * io.voronode.cli.server.ServerGuard}).
 */
@NullMarked
package io.voronode.cli.server;

import org.jspecify.annotations.NullMarked;
