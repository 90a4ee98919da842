@NullMarked
package io.voronode.benchmarks.process;

import org.jspecify.annotations.NullMarked;
