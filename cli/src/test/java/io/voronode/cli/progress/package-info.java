/** Tests of the plain progress lines. */
@NullMarked
package io.voronode.cli.progress;

import org.jspecify.annotations.NullMarked;
