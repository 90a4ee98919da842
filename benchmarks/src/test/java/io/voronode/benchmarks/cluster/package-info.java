@NullMarked
package io.voronode.benchmarks.cluster;

import org.jspecify.annotations.NullMarked;
