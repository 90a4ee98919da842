/** What a run tells: tables for people, JSON lines for programs. */
@NullMarked
package io.voronode.benchmarks.report;

import org.jspecify.annotations.NullMarked;
