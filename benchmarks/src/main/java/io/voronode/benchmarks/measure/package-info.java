/**
 * How it is measured: recall first, then speed in rounds in which all indexes take turns, in processor time of one
 * thread. The way in is {@link io.voronode.benchmarks.measure.Sweep}.
 */
@NullMarked
package io.voronode.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
