package io.voronode.benchmarks.report;

import io.voronode.benchmarks.measure.Measured;
import io.voronode.cli.table.Column;
import io.voronode.cli.table.Figures;
import io.voronode.cli.table.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Searches under filters beside the search without one, of the same effort. */
public final class FilterTable {

    private static final String UNFILTERED = "unfiltered";
    private static final String NEW = " new";

    private FilterTable() {}

    /**
     * A line for each effort and filter.
     *
     * @param measurements of one data set
     */
    public static List<String> lines(List<Measured> measurements) {
        Map<String, Measured> bySetting = new HashMap<>();
        measurements.forEach(each -> bySetting.put(each.setting(), each));
        Table table = new Table(List.of(
                Column.word("data"),
                Column.word("filter"),
                Column.word("effort"),
                Column.number("recall@k"),
                Column.number("− unfiltered"),
                Column.number("QPS/CPU"),
                Column.number("/ unfiltered"),
                Column.number("new filter"),
                Column.number("p50 µs"),
                Column.number("p99 µs"),
                Column.number("garbage B/query")));
        for (Measured each : measurements) {
            if (!each.indexSetting().endsWith(NEW)) {
                String effort = each.setting().substring(each.indexSetting().length() + 1);
                Measured unfiltered = bySetting.getOrDefault(UNFILTERED + " " + effort, each);
                Measured anew = bySetting.getOrDefault(each.indexSetting() + NEW + " " + effort, each);
                table.row(
                        each.dataset(),
                        each.indexSetting(),
                        effort,
                        String.format(Locale.ROOT, "%.4f", each.recall()),
                        String.format(Locale.ROOT, "%+.4f", each.recall() - unfiltered.recall()),
                        Figures.count(Math.round(each.queriesPerCpuSecond())),
                        ratio(each, unfiltered),
                        ratio(anew, unfiltered),
                        Figures.count(Math.round(each.p50Micros())),
                        Figures.count(Math.round(each.p99Micros())),
                        each.garbagePerQuery() == null ? "n/a" : Figures.count(Math.round(each.garbagePerQuery())));
            }
        }
        return table.render(Integer.MAX_VALUE, false);
    }

    private static String ratio(Measured one, Measured other) {
        return String.format(Locale.ROOT, "%.2f×", one.queriesPerCpuSecond() / other.queriesPerCpuSecond());
    }
}
