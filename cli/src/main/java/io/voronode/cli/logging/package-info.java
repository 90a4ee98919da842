/** Where log lines go: next to nothing to standard error by default, a server's to a file in its folder. */
@NullMarked
package io.voronode.cli.logging;

import org.jspecify.annotations.NullMarked;
