/**
 * The {@code voronode} command. {@link io.voronode.cli.Main} wires the commands by hand; {@code client} holds those that talk to
 * a running server, {@code dev} the server in one process, {@code demo} the tour with real text. Data goes to standard output,
 * everything else to standard error.
 */
@NullMarked
package io.voronode.cli;

import org.jspecify.annotations.NullMarked;
