/**
 * Death at a named point of a server's code. {@link io.voronode.systemtests.crash.CrashPoint} has the points: each is a method, and a call
 * that this method makes. {@link io.voronode.systemtests.crash.CrashAgent} is loaded into a process of the product by the JVM's own
 * interface for agents, puts a call of itself in front of that call, and there kills the process with SIGKILL, when it has left a
 * file that tells the point, the process and the stack.
 *
 * <p>So the product has no switch that can kill it, a point may lie within Lucene, and the process is struck while it works, without a restart
 * before. The price is that a point is a pair of names: where a method is renamed nothing is ever reached, and the fault fails for lack of
 * evidence.
 */
@NullMarked
package io.voronode.systemtests.crash;

import org.jspecify.annotations.NullMarked;
