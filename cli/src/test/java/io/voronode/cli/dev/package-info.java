/** Tests of the folder and the ports of a dev server. */
@NullMarked
package io.voronode.cli.dev;

import org.jspecify.annotations.NullMarked;
