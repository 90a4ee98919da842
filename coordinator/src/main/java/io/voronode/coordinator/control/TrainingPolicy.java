package io.voronode.coordinator.control;

import io.voronode.engine.clustering.IndexKind;
import io.voronode.proto.internal.v1.CollectionNode;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.GenerationNode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * When cells are trained, and how many. Pure.
 *
 * <p>A trained generation is replaced after four-fold growth: it starts with {@value #ROWS_PER_CELL} records a cell and ends near 512. On word and sentence
 * embeddings a recall is met fastest with 80 to 160: fewer make more lists to begin, more make more codes to scan. While a load is under way it
 * waits for eight-fold growth, so that a large load trains a few times and not at every doubling of what is there.
 */
final class TrainingPolicy {
    static final int ROWS_PER_CELL = 128;
    private static final int GROWTH = 4;
    private static final int GROWTH_DURING_INGEST = 8;
    /** What scans cost is proportional to the imbalance: a training that halves it is worth its while. */
    private static final double UNEVEN = 2;
    /** Even cells cannot be had of all data. With so many more records, or after so long, another training may find other cells. */
    private static final double GROWTH_WHILE_UNEVEN = 1.25;

    private static final long PAUSE_WHILE_UNEVEN_MS = Duration.ofHours(1).toMillis();
    /** Bounds the training's time, k·n·d: beyond it cells must be trained by parts. */
    private static final int MAX_CELLS = 16_384;

    private static final int MIN_SAMPLE_PER_CELL = 64;
    private static final int MAX_SAMPLE_PER_CELL = 256;
    /** A sample of so many vectors is trained on in a few seconds; larger ones take fewer vectors a cell. */
    private static final int COMFORTABLE_SAMPLE = 65_536;
    /** Rebuilding a shard of so many rows takes about a minute, and after four-fold growth it still fits one node's memory. */
    private static final int ROWS_PER_SHARD = 250_000;
    /** A shard for each node pays only when there is this much to scan in it. */
    private static final int MIN_ROWS_PER_SHARD = 50_000;

    private TrainingPolicy() {}

    /**
     * A collection as it is now.
     *
     * @param imbalance of its cells; 0: not known
     */
    record Present(long rows, double imbalance, boolean ingestIsFast, long nowMs) {}

    /** Why a new generation should be built now; empty: it should not. */
    static Optional<String> reason(CollectionNode collection, GenerationNode serving, Present present) {
        CollectionSpec spec = collection.getSpec();
        if (serving.getIndexKind() != spec.getIndexKind()) {
            return Optional.of("another index kind was asked for");
        }
        if (!IndexKind.ofWireNumber(spec.getIndexKind()).hasPostings()) {
            return Optional.empty();
        }
        if (collection.getRequestedGeneration() != 0) {
            return Optional.of("it was asked for");
        }
        long grown = serving.getTrainedRecords() * (present.ingestIsFast() ? GROWTH_DURING_INGEST : GROWTH);
        if (present.rows() < spec.getTrainAt()) {
            return Optional.empty();
        }
        if (present.rows() >= grown) {
            return Optional.of(present.rows() + " records, trained on " + serving.getTrainedRecords());
        }
        return isUneven(serving, present)
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "its cells have become uneven: imbalance %.1f, %.1f when trained",
                        present.imbalance(),
                        serving.getTrainedImbalance()))
                : Optional.empty();
    }

    /** Records have come that are not as those before: the cells that they meet have far more than others. */
    private static boolean isUneven(GenerationNode serving, Present present) {
        boolean mayHelp = present.rows() >= GROWTH_WHILE_UNEVEN * serving.getTrainedRecords()
                || present.nowMs() - serving.getPhaseTimeMs() >= PAUSE_WHILE_UNEVEN_MS;
        return !present.ingestIsFast()
                && serving.getTrainedImbalance() > 0
                && present.imbalance() >= UNEVEN * serving.getTrainedImbalance()
                && mayHelp;
    }

    /**
     * Whether a generation that is being built is too coarse by now to be finished: the next one is trained on what there is, which is sooner
     * done than both. What serves answers until then.
     */
    static boolean isOutgrown(GenerationNode building, long rows) {
        return building.getCellCount() > 1 && rows >= building.getTrainedRecords() * GROWTH_DURING_INGEST;
    }

    /**
     * What to train.
     *
     * @param sample vectors to train on
     */
    record Plan(int cells, int sample, int shards) {}

    /**
     * The plan for a collection of so many rows.
     *
     * @param sampleBytes memory for the sample
     */
    static Plan plan(CollectionSpec spec, long rows, int nodes, long sampleBytes) {
        if (!IndexKind.ofWireNumber(spec.getIndexKind()).hasPostings()) {
            return new Plan(1, 0, 1);
        }
        long fitting = Math.max(1, sampleBytes / ((long) spec.getDimension() * Float.BYTES));
        long cells =
                clamp(Math.round((double) rows / ROWS_PER_CELL), 1, Math.min(MAX_CELLS, fitting / MIN_SAMPLE_PER_CELL));
        long perCell = clamp(COMFORTABLE_SAMPLE / cells, MIN_SAMPLE_PER_CELL, MAX_SAMPLE_PER_CELL);
        long sample = Math.min(fitting, cells * perCell);
        return new Plan((int) cells, (int) sample, (int) clamp(shards(spec, rows, nodes), 1, cells));
    }

    private static long shards(CollectionSpec spec, long rows, int nodes) {
        if (spec.getShards() != 0) {
            return spec.getShards();
        }
        long bySize = (rows + ROWS_PER_SHARD - 1) / ROWS_PER_SHARD;
        return Math.max(bySize, Math.min(nodes, rows / MIN_ROWS_PER_SHARD));
    }

    private static long clamp(long value, long min, long max) {
        return Math.max(min, Math.min(Math.max(min, max), value));
    }
}
