/** What the operating system and the JVM tell of time and memory that was used. */
@NullMarked
package io.voronode.benchmarks.meter;

import org.jspecify.annotations.NullMarked;
