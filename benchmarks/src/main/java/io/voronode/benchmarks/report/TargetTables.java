package io.voronode.benchmarks.report;

import io.voronode.benchmarks.measure.MetTarget;
import io.voronode.cli.table.Column;
import io.voronode.cli.table.Figures;
import io.voronode.cli.table.Table;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How wanted recalls were met: every measurement, and the worst of all seeds. */
public final class TargetTables {

    /** Tables are for files too: no column is ever cut. */
    private static final int WIDTH = Integer.MAX_VALUE;

    private TargetTables() {}

    /** Every measurement, a line each. */
    public static List<String> all(List<MetTarget> measurements) {
        Table table = new Table(List.of(
                Column.word("data"),
                Column.word("kind"),
                Column.number("seed"),
                Column.number("target"),
                Column.number("recall@k"),
                Column.number("cells"),
                Column.number("nprobe of equal recall"),
                Column.number("QPS/CPU"),
                Column.number("QPS/CPU of nprobe"),
                Column.number("CPU/CPU"),
                Column.number("calibration CPU s")));
        for (MetTarget each : measurements) {
            table.row(
                    each.dataset(),
                    each.kind(),
                    each.seed(),
                    format("%.3f", each.target()),
                    format("%.4f", each.recall()),
                    format("%.1f", each.cells()),
                    format("%.1f", each.nprobe()),
                    Figures.count(Math.round(each.queriesPerCpuSecond())),
                    Figures.count(Math.round(each.fixedQueriesPerCpuSecond())),
                    format("%.3f", each.cpuRatio()),
                    format("%.1f", each.calibrationCpuSeconds()));
        }
        return table.render(WIDTH, false);
    }

    /** Of all seeds the farthest below the target, the farthest above, and the dearest. */
    public static List<String> worst(List<MetTarget> measurements) {
        Table table = new Table(List.of(
                Column.word("data"),
                Column.word("kind"),
                Column.number("target"),
                Column.number("least − target"),
                Column.number("most − target"),
                Column.number("dearest CPU/CPU")));
        measurements.stream()
                .collect(Collectors.groupingBy(
                        each -> List.of(each.dataset(), each.kind(), format("%.3f", each.target())),
                        LinkedHashMap::new,
                        Collectors.toList()))
                .forEach((group, seeds) -> table.row(
                        group.get(0),
                        group.get(1),
                        group.get(2),
                        format("%+.4f", least(seeds)),
                        format("%+.4f", most(seeds)),
                        format("%.3f", dearest(seeds))));
        return table.render(WIDTH, false);
    }

    private static double least(List<MetTarget> seeds) {
        return seeds.stream().mapToDouble(MetTarget::deviation).min().orElseThrow();
    }

    private static double most(List<MetTarget> seeds) {
        return seeds.stream().mapToDouble(MetTarget::deviation).max().orElseThrow();
    }

    private static double dearest(List<MetTarget> seeds) {
        return seeds.stream()
                .max(Comparator.comparingDouble(MetTarget::cpuRatio))
                .orElseThrow()
                .cpuRatio();
    }

    private static String format(String form, double value) {
        return String.format(Locale.ROOT, form, value);
    }
}
