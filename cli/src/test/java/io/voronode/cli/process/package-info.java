/** Tests of what every process has. */
@NullMarked
package io.voronode.cli.process;

import org.jspecify.annotations.NullMarked;
