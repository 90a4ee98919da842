package io.voronode.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.CollectionConfig;
import io.voronode.client.CollectionInfo;
import io.voronode.client.GenerationInfo;
import io.voronode.client.GenerationState;
import io.voronode.client.IndexKind;
import io.voronode.client.Metric;
import io.voronode.client.TrainingPhase;
import io.voronode.client.TrainingProgress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectionTablesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SAMPLING | 12345 | 65536 | training: 12 345 of 65 536 records sampled",
                "CLUSTERING | 3 | 13 | training: 3 of 13 steps of clustering",
                "GROUPING | 0 | 0 | training: grouping cells into shards",
                "STORING | 1 | 4 | training: 1 of 4 chunks of the cell map stored",
            })
    void describeSaysHowFarATrainingIs(TrainingPhase phase, long done, long total, String line) {
        assertThat(describe(Optional.of(new TrainingProgress(phase, done, total))))
                .endsWith(line);
    }

    @Test
    void describeSaysTrainingWhereNobodyKnowsHowFar() {
        assertThat(describe(Optional.empty())).endsWith("training");
    }

    @ParameterizedTest
    @CsvSource({"1.234, 'serving, 88 cells in 2 shards, imbalance 1.23'", ", 'serving, 88 cells in 2 shards'"})
    void describeSaysHowUnevenTheCellsThatServeAre(@Nullable Double imbalance, String line) {
        GenerationInfo generation = new GenerationInfo(
                1,
                GenerationState.SERVING,
                88,
                2,
                20_000,
                0,
                2,
                imbalance == null ? OptionalDouble.empty() : OptionalDouble.of(imbalance),
                Optional.empty());
        assertThat(describe(generation)).endsWith(line);
    }

    /** The line of a generation in training. */
    private static String describe(Optional<TrainingProgress> training) {
        return describe(
                new GenerationInfo(1, GenerationState.TRAINING, 0, 0, 0, 0, 0, OptionalDouble.empty(), training));
    }

    private static String describe(GenerationInfo generation) {
        CollectionInfo collection = new CollectionInfo(
                "uuid",
                new CollectionConfig("articles", 3, Metric.COSINE, "", IndexKind.IVF_FLAT, 10_000, 0, 0, 0),
                70_000,
                0,
                List.of(generation),
                Instant.EPOCH);
        return CollectionTables.describe(collection)
                .render(100, false)
                .getLast()
                .strip();
    }
}
