/** How far a long command is: a bar on a terminal, plain lines elsewhere, always on standard error. */
@NullMarked
package io.voronode.cli.progress;

import org.jspecify.annotations.NullMarked;
