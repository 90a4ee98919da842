/** Tests of measuring. */
@NullMarked
package io.voronode.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
