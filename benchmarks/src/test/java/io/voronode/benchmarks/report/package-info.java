/** Tests of reports. */
@NullMarked
package io.voronode.benchmarks.report;

import org.jspecify.annotations.NullMarked;
