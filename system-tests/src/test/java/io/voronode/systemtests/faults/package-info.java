/**
 * Faults of a cluster under traffic, and what must be true afterwards. {@link io.voronode.systemtests.faults.FaultRun} tells the course of
 * one; {@link io.voronode.systemtests.faults.Faults} has the list of them and is what {@code scripts/faults.sh} starts.
 */
@NullMarked
package io.voronode.systemtests.faults;

import org.jspecify.annotations.NullMarked;
