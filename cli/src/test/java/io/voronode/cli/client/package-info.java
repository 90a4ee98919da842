/** A fake server and tests of what the client commands print. */
@NullMarked
package io.voronode.cli.client;

import org.jspecify.annotations.NullMarked;
