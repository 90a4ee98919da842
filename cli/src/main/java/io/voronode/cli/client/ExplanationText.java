package io.voronode.cli.client;

import static io.voronode.cli.table.Figures.count;
import static io.voronode.cli.table.Figures.counted;
import static io.voronode.cli.table.Figures.time;

import io.voronode.client.Explanation;
import io.voronode.client.SearchMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How an answer came to be, in sentences. Pure. */
final class ExplanationText {
    private static final int CELLS_SHOWN = 16;

    private ExplanationText() {}

    static List<String> lines(Explanation explanation) {
        List<String> lines = new ArrayList<>();
        lines.add("generation " + explanation.generation() + ": ranked " + counted(explanation.cellsRanked(), "cell")
                + codes(explanation.codesScanned(), explanation.codesRefined())
                + ", compared " + counted(explanation.vectorsScanned(), "vector"));
        explanation
                .estimatedRecall()
                .ifPresent(recall -> lines.add(String.format(
                        Locale.ROOT, "estimated recall %.3f: the mean of searches planned like this one", recall)));
        explanation.accepted().ifPresent(accepted -> lines.add(filter(accepted, explanation.mode())));
        for (int i = 0; i < explanation.waves().size(); i++) {
            Explanation.Wave wave = explanation.waves().get(i);
            lines.add(
                    "wave " + (i + 1) + ": " + (wave.cells().isEmpty() ? "no cells" : "cells " + cells(wave.cells())));
            wave.shards()
                    .forEach(shard -> lines.add("  shard " + shard.shard() + " on " + shard.node() + ": "
                            + (shard.exactFiltered() ? "all that match" : counted(shard.cellsScanned(), "cell"))
                            + codes(shard.codesScanned(), shard.codesRefined()) + ", "
                            + counted(shard.vectorsScanned(), "vector")
                            + ", "
                            + time(shard.scanTime())));
        }
        lines.add("time: embed " + time(explanation.embedTime()) + ", rank " + time(explanation.rankTime())
                + ", gather " + time(explanation.gatherTime()) + ", fetch " + time(explanation.fetchTime())
                + ", total " + time(explanation.totalTime()));
        return lines;
    }

    /** Nothing where the index has no codes. */
    private static String codes(long scanned, long refined) {
        return scanned == 0 ? "" : ", scanned " + counted(scanned, "code") + ", refined " + count(refined);
    }

    private static String filter(long accepted, SearchMode mode) {
        String matches = "filter: " + counted(accepted, "record") + (accepted == 1 ? " matches" : " match");
        return switch (mode) {
            case EXACT_FILTERED -> matches + ", few enough to compare all (EXACT_FILTERED)";
            case CELLS -> matches + " in the shards that were asked";
        };
    }

    private static String cells(List<Integer> cells) {
        String shown = cells.stream().limit(CELLS_SHOWN).map(String::valueOf).collect(Collectors.joining(" "));
        return cells.size() <= CELLS_SHOWN ? shown : shown + " … (" + count(cells.size()) + ")";
    }
}
