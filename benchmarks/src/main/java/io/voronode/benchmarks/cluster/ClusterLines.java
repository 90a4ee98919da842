package io.voronode.benchmarks.cluster;

import io.voronode.benchmarks.cluster.LossFigures.Death;
import io.voronode.benchmarks.cluster.RoutedFigures.Calls;
import io.voronode.benchmarks.data.Dataset;
import io.voronode.cli.table.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Figures of clusters for people. Pure. */
final class ClusterLines {
    private ClusterLines() {}

    static Stream<String> of(Dataset data, int shards, List<RoutedFigures> figures, double randomlyPlaced) {
        List<String> lines = new ArrayList<>();
        lines.add(data.name() + ": " + Figures.counted(data.count(), "record") + " × " + data.dimension() + " in "
                + Figures.counted(shards, "shard"));
        for (RoutedFigures each : figures) {
            lines.add(String.format(
                    Locale.ROOT,
                    "  on %s: recall %.3f, %.2f shards asked (cells dealt out at random: %.2f), the heaviest ×%.2f of the mean",
                    Figures.counted(each.nodes(), "node"),
                    each.recall(),
                    each.shards(),
                    randomlyPlaced,
                    each.heaviestShare()));
            lines.add(String.format(
                    Locale.ROOT,
                    "    a query: %.0f codes scanned, %.0f refined, %.0f vectors compared",
                    each.codes(),
                    each.refined(),
                    each.vectors()));
            lines.add("    one a call: " + calls(each.one(), each.shards()));
            lines.add("    64 a call: " + calls(each.batched(), each.shards()));
        }
        return lines.stream();
    }

    private static String calls(Calls calls, double shards) {
        return String.format(
                Locale.ROOT,
                "%.0f queries/s, p50 %.2f ms, p99 %.2f ms; processor time of a query: engine %.0f µs, outside it %.0f µs (%.0f µs × (1 + shards)); %.0f bytes moved",
                calls.queriesPerSecond(),
                calls.p50Ms(),
                calls.p99Ms(),
                calls.engineMicros(),
                calls.outsideMicros(),
                calls.outsideMicros() / (1 + shards),
                calls.bytes());
    }

    static Stream<String> of(LossFigures figures) {
        return Stream.of(
                String.format(
                        Locale.ROOT,
                        "losses: %s searches meanwhile, %d failed, the slowest %.0f ms",
                        Figures.count(figures.searches()),
                        figures.failedSearches(),
                        figures.slowestSearchMs()),
                "  a node dies: " + deaths(figures.deaths()),
                "  the client's coordinator dies: " + deaths(figures.coordinatorDeaths()));
    }

    private static String deaths(List<Death> deaths) {
        return String.format(Locale.ROOT, "writes are back after %.1f s (median): ", LossFigures.medianWrites(deaths))
                + deaths.stream()
                        .map(death -> String.format(
                                Locale.ROOT,
                                "%s %.1f s, a search %.2f s",
                                death.victim(),
                                death.writesSeconds(),
                                death.searchSeconds()))
                        .collect(Collectors.joining("; "));
    }
}
