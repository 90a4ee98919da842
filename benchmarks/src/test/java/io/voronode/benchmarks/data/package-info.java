/** Tests of data sets and truths. */
@NullMarked
package io.voronode.benchmarks.data;

import org.jspecify.annotations.NullMarked;
