/**
 * What every server process has beside its gRPC port: {@link io.voronode.cli.server.HttpEndpoint} serves health and meters over
 * HTTP. Knows nothing of the servers that it tells of.
 */
@NullMarked
package io.voronode.cli.server;

import org.jspecify.annotations.NullMarked;
