/**
 * The recall of live searches: a few of them are done once more, exactly, after they have been answered ({@link
 * io.voronode.coordinator.canary.RecallCanary}). What that tells is a metric, and has a generation calibrated anew that has come to find
 * less than users ask for.
 */
@NullMarked
package io.voronode.coordinator.canary;

import org.jspecify.annotations.NullMarked;
