@NullMarked
package io.voronode.benchmarks.server;

import org.jspecify.annotations.NullMarked;
