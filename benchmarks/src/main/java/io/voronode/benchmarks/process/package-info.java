/** Servers as their users meet them: processes of their own, with what the system and their meters tell of them. Linux only. */
@NullMarked
package io.voronode.benchmarks.process;

import org.jspecify.annotations.NullMarked;
