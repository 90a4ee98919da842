/** The commands that talk to a running server through the Java client. */
@NullMarked
package io.voronode.cli.client;

import org.jspecify.annotations.NullMarked;
