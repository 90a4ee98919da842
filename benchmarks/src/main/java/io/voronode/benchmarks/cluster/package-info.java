/**
 * What a cluster of processes costs beside its engine, and what its users notice when one of them dies. The way in is {@link
 * io.voronode.benchmarks.cluster.ClusterBench}.
 */
@NullMarked
package io.voronode.benchmarks.cluster;

import org.jspecify.annotations.NullMarked;
