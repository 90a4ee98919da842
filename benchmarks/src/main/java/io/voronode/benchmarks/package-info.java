/**
 * JMH benchmarks of the engine. Run them, after a build, with {@code java --add-modules jdk.incubator.vector -cp <class
 * path of this module> org.openjdk.jmh.Main Kernel}; each is checked for the right answer by a test. A figure is quoted
 * with machine, data and settings, and as a ratio to another benchmark of the same run.
 */
@NullMarked
package io.voronode.benchmarks;

import org.jspecify.annotations.NullMarked;
