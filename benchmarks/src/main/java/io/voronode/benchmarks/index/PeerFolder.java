package io.voronode.benchmarks.index;

import java.nio.file.Path;

/**
 * A peer's index in the cache.
 *
 * @param buildCpuSeconds processor time that its build took
 */
record PeerFolder(Path files, double buildCpuSeconds) {}
