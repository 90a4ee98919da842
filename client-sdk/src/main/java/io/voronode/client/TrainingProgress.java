package io.voronode.client;

/**
 * How far a training is.
 *
 * @param phase the step that it is at
 * @param done what of the step is done: records, steps or chunks, as the step is counted
 * @param total what the step has to do; 0 where it is not counted
 */
public record TrainingProgress(TrainingPhase phase, long done, long total) {}
