package io.voronode.benchmarks.report;

import io.voronode.benchmarks.measure.Interpolation;
import io.voronode.benchmarks.measure.Measured;
import io.voronode.cli.table.Column;
import io.voronode.cli.table.Figures;
import io.voronode.cli.table.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a run: every setting that was measured, what each index cost, and the engines beside each other at the
 * same recall.
 */
public final class ResultTables {

    private static final double[] RECALLS = {0.90, 0.95, 0.99};
    private static final String UNKNOWN = "n/a";
    private static final String SUBJECT = "voronode";
    private static final List<String> PEERS = List.of("lucene", "jvector");

    /** Tables are for files too: no column is ever cut. */
    private static final int WIDTH = Integer.MAX_VALUE;

    private ResultTables() {}

    public static void print(List<Measured> measurements, PrintWriter out) {
        List.of(settings(measurements), builds(measurements), comparison(measurements))
                .forEach(table -> {
                    table.forEach(out::println);
                    out.println();
                });
        out.flush();
    }

    /** Every measurement, a line each. */
    static List<String> settings(List<Measured> measurements) {
        Table table = new Table(List.of(
                Column.word("data"),
                Column.word("engine"),
                Column.word("kind"),
                Column.word("setting"),
                Column.number("recall@k"),
                Column.number("QPS/CPU"),
                Column.number("p50 µs"),
                Column.number("p99 µs"),
                Column.number("B/query"),
                Column.number("garbage B/query")));
        for (Measured each : measurements) {
            table.row(
                    each.dataset(),
                    each.engine(),
                    each.kind(),
                    each.setting(),
                    String.format(Locale.ROOT, "%.4f", each.recall()),
                    count(each.queriesPerCpuSecond()),
                    count(each.p50Micros()),
                    count(each.p99Micros()),
                    count(each.bytesPerQuery()),
                    count(each.garbagePerQuery()));
        }
        return table.render(WIDTH, false);
    }

    /** Every index, a line each: what is the same with every effort. */
    static List<String> builds(List<Measured> measurements) {
        Table table = new Table(List.of(
                Column.word("data"),
                Column.word("engine"),
                Column.word("kind"),
                Column.word("setting"),
                Column.number("build CPU s"),
                Column.number("scan B/vector"),
                Column.number("index")));
        Set<List<String>> indexes = new LinkedHashSet<>();
        for (Measured each : measurements) {
            indexes.add(List.of(
                    each.dataset(),
                    each.engine(),
                    each.kind(),
                    each.indexSetting(),
                    decimal(each.buildCpuSeconds()),
                    decimal(each.scanBytesPerVector()),
                    each.indexBytes() == null ? UNKNOWN : Figures.bytes(each.indexBytes())));
        }
        indexes.forEach(index -> table.row(index.toArray()));
        return table.render(WIDTH, false);
    }

    /** The engines at the same recall, by data set. */
    static List<String> comparison(List<Measured> measurements) {
        Table table = new Table(comparisonColumns());
        measurements.stream()
                .collect(Collectors.groupingBy(Measured::dataset, LinkedHashMap::new, Collectors.toList()))
                .forEach((dataset, ofDataset) -> {
                    for (double recall : RECALLS) {
                        table.row(comparison(dataset, ofDataset, recall).toArray());
                    }
                });
        return table.render(WIDTH, false);
    }

    private static List<Column> comparisonColumns() {
        List<Column> columns = new ArrayList<>(List.of(
                Column.word("data"),
                Column.number("recall@k"),
                Column.number("QPS/CPU " + SUBJECT),
                Column.word("kind")));
        PEERS.forEach(peer -> columns.add(Column.number(peer)));
        PEERS.forEach(peer -> columns.add(Column.number(SUBJECT + "/" + peer)));
        return columns;
    }

    private static List<String> comparison(String dataset, List<Measured> measurements, double recall) {
        Map<String, List<Measured>> byEngine = measurements.stream().collect(Collectors.groupingBy(Measured::engine));
        List<Measured> own = byEngine.getOrDefault(SUBJECT, List.of());
        OptionalDouble subject = Interpolation.queriesPerCpuSecond(own, recall);
        List<String> cells = new ArrayList<>(
                List.of(dataset, String.format(Locale.ROOT, "%.2f", recall), count(subject), fastestKind(own, recall)));
        List<OptionalDouble> peers = PEERS.stream()
                .map(peer -> Interpolation.queriesPerCpuSecond(byEngine.getOrDefault(peer, List.of()), recall))
                .toList();
        peers.forEach(peer -> cells.add(count(peer)));
        peers.forEach(peer -> cells.add(ratio(subject, peer)));
        return cells;
    }

    private static String fastestKind(List<Measured> measurements, double recall) {
        String fastest = UNKNOWN;
        double most = 0;
        Map<String, List<Measured>> byKind = measurements.stream().collect(Collectors.groupingBy(Measured::kind));
        for (Map.Entry<String, List<Measured>> kind : byKind.entrySet()) {
            double speed =
                    Interpolation.queriesPerCpuSecond(kind.getValue(), recall).orElse(0);
            if (speed > most) {
                most = speed;
                fastest = kind.getKey();
            }
        }
        return fastest;
    }

    private static String ratio(OptionalDouble subject, OptionalDouble peer) {
        return subject.isPresent() && peer.isPresent()
                ? String.format(Locale.ROOT, "%.2f×", subject.getAsDouble() / peer.getAsDouble())
                : UNKNOWN;
    }

    private static String count(OptionalDouble value) {
        return value.isPresent() ? count(value.getAsDouble()) : UNKNOWN;
    }

    private static String count(@Nullable Double value) {
        return value == null ? UNKNOWN : Figures.count(Math.round(value));
    }

    private static String decimal(@Nullable Double value) {
        return value == null ? UNKNOWN : String.format(Locale.ROOT, "%.1f", value);
    }
}
