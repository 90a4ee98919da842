/** Tests of the folder, the ports and the meters of a dev server. */
@NullMarked
package io.voronode.cli.dev;

import org.jspecify.annotations.NullMarked;
