/**
 * What every process that serves has, whatever it serves: an HTTP port for health and meters ({@link
 * io.voronode.cli.process.HttpEndpoint}), parts that are closed in order, and an orderly end when it is told to go. Knows no server, no client
 * and no option.
 */
@NullMarked
package io.voronode.cli.process;

import org.jspecify.annotations.NullMarked;
