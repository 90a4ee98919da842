/**
 * What is measured: data sets as they come from packages, generators and files, cut into a base and held-out queries
 * ({@link io.voronode.benchmarks.data.Workload}), with the exact answers ({@link
 * io.voronode.benchmarks.data.GroundTruth}). Everything slow to make is kept in a {@link
 * io.voronode.benchmarks.data.Cache}, named by its content.
 */
@NullMarked
package io.voronode.benchmarks.data;

import org.jspecify.annotations.NullMarked;
