/** Tests of the command line as a whole: parsing, exit codes, what goes where. */
@NullMarked
package io.voronode.cli;

import org.jspecify.annotations.NullMarked;
