package io.voronode.coordinator.canary;

import io.voronode.coordinator.gather.ScanTrace;
import io.voronode.coordinator.gather.SearchAnswer;
import io.voronode.coordinator.validate.Limits;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.proto.v1.Hit;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.Vector;
import java.util.List;

/**
 * A search that was answered and is to be done once more. Immutable.
 *
 * @param trace how it was answered
 * @param hits that it had
 * @param target the recall that was to be met; NaN where the user chose the number of cells, or there are none to choose
 * @param params of the search in its shadow: of what the answer has seen or later, over more cells
 */
record Shadow(ScanTrace trace, List<Hit> hits, double target, SearchParams params) {
    private static final long MAX_EXACT_RECORDS = 1_000_000;
    private static final int MORE_CELLS = 8;

    /** As many cells as there are, or more, means all, exactly. */
    private static final int ALL_CELLS = -1;

    /** The shadow of one query of an answer. */
    static Shadow of(SearchAnswer answer, int query, SearchParams params) {
        ScanTrace trace = answer.traces().get(query);
        SearchParams.Builder shadow = SearchParams.newBuilder()
                .setK(params.getK())
                .setSessionToken(answer.token().encode());
        if (trace.records() <= MAX_EXACT_RECORDS) {
            shadow.setNprobe(ALL_CELLS);
        } else if (isGraph(trace)) {
            shadow.setEf(Limits.HITS);
        } else {
            // One cell fewer than all: all would mean every vector, exactly.
            int all = trace.collection().servingGeneration().map().cellCount();
            shadow.setNprobe(Math.min(MORE_CELLS * trace.cells(), all - 1));
        }
        if (params.hasFilter()) {
            shadow.setFilter(params.getFilter());
        }
        return new Shadow(trace, answer.results().get(query).getHitsList(), target(trace, params), shadow.build());
    }

    private static boolean isGraph(ScanTrace trace) {
        return trace.collection().servingGeneration().node().getIndexKind() == IndexKind.HNSW.wireNumber();
    }

    private static double target(ScanTrace trace, SearchParams params) {
        if (params.getNprobe() != 0 || isGraph(trace)) {
            return Double.NaN;
        }
        return params.hasTargetRecall() ? params.getTargetRecall() : Limits.DEFAULT_TARGET_RECALL;
    }

    /**
     * What the calibration says that such searches find, as far as it was asked for: more than it knows to reach is no promise. NaN without
     * a calibration, without a target, and under a filter, where more cells are scanned by other rules.
     */
    double promised() {
        return params.hasFilter() ? Double.NaN : Math.min(target, trace.estimatedRecall());
    }

    /** What is searched for. */
    Query query() {
        Vector.Builder values = Vector.newBuilder();
        for (float value : trace.vector()) {
            values.addValues(value);
        }
        return Query.newBuilder().setVector(values).build();
    }
}
