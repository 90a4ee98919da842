package io.voronode.benchmarks.server;

import io.voronode.cli.table.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Figures of loads for people. Pure. */
final class IngestLines {
    private IngestLines() {}

    static Stream<String> of(IngestFigures figures) {
        IngestLoad load = figures.load();
        List<String> lines = new ArrayList<>();
        lines.add(figures.scenario() + ": " + Figures.counted(load.records(), "record") + " × " + load.dimension()
                + (load.payloadBytes() == 0 ? "" : " + " + Figures.bytes(load.payloadBytes()) + " of payload") + ", "
                + Figures.counted(figures.nodes(), "node"));
        lines.add(String.format(
                Locale.ROOT,
                "  durable after %.1f s (%s records/s), searchable after %.1f s (%.1f s of processor time) in generation %d, trained on %s",
                figures.durableSeconds(),
                Figures.count(Math.round(figures.recordsPerSecond())),
                figures.searchableSeconds(),
                figures.processorSeconds(),
                figures.generations(),
                Figures.count(figures.trainedRecords())));
        lines.add("  written per byte of vectors by the load: " + written(figures.written(), figures));
        lines.add("  by one more generation: " + written(figures.rewritten(), figures));
        IngestFigures.Memory memory = figures.memory();
        lines.add("  memory: heap " + Figures.bytes(memory.heapBytes()) + ", native "
                + Figures.bytes(memory.nativeBytes()) + ", of files " + Figures.bytes(memory.mappedBytes()));
        figures.restartSeconds()
                .ifPresent(seconds ->
                        lines.add(String.format(Locale.ROOT, "  serves %.1f s after it was killed", seconds)));
        return lines.stream();
    }

    private static String written(WrittenBytes bytes, IngestFigures figures) {
        double vectors = figures.vectorBytes();
        return String.format(
                Locale.ROOT,
                "%.1f (log %.1f, rows %.1f, their compaction %.1f, index %.1f, its merges %.1f)",
                bytes.total() / vectors,
                bytes.log() / vectors,
                bytes.rows() / vectors,
                bytes.compaction() / vectors,
                bytes.index() / vectors,
                bytes.merges() / vectors);
    }

    static Stream<String> of(SingleUpserts figures) {
        return Stream.of(String.format(
                Locale.ROOT,
                "single: one client, one record a call, answered when found by search: p50 %.1f ms, p99 %.1f ms",
                figures.p50Ms(),
                figures.p99Ms()));
    }
}
