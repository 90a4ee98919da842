/** Measures servers as their users meet them: processes of their own, asked through the Java SDK. */
@NullMarked
package io.voronode.benchmarks.server;

import org.jspecify.annotations.NullMarked;
