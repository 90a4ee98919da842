/** The bench's command line, which {@code scripts/bench.sh} starts. Everything is wired here, by hand. */
@NullMarked
package io.voronode.benchmarks.command;

import org.jspecify.annotations.NullMarked;
