/** Tests of measured indexes. */
@NullMarked
package io.voronode.benchmarks.index;

import org.jspecify.annotations.NullMarked;
