/** Tests of the command line. */
@NullMarked
package io.voronode.benchmarks.command;

import org.jspecify.annotations.NullMarked;
