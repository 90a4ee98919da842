package io.voronode.client;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One set of cells and the index built from it.
 *
 * @param number grows per collection; a number is never used twice
 * @param state where it is in its life
 * @param cellCount cells of its cell map
 * @param shardCount shards that the cells are grouped into
 * @param trainedRecords live records when its cells were trained
 * @param unstampedRecords while it is built: records that still have no cell in it
 * @param readyShards shards whose replicas have caught up
 * @param imbalance where known: how many times more a search scans than if all cells held the same number of records
 * @param training while it is trained and the server knows: how far that is
 */
public record GenerationInfo(
        int number,
        GenerationState state,
        int cellCount,
        int shardCount,
        long trainedRecords,
        long unstampedRecords,
        int readyShards,
        OptionalDouble imbalance,
        Optional<TrainingProgress> training) {}
