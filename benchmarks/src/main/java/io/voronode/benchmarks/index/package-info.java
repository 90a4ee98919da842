/**
 * What is measured: Voronode's index by its released path ({@link io.voronode.benchmarks.index.VoronodeIndex}) and its
 * peers, behind one small interface, {@link io.voronode.benchmarks.index.MeasuredIndex}.
 */
@NullMarked
package io.voronode.benchmarks.index;

import org.jspecify.annotations.NullMarked;
