package io.voronode.coordinator.validate;

import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.v1.ConsistencyLevel;
import io.voronode.proto.v1.Filter;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.SearchParams;
import io.voronode.wire.VoronodeException.BadInput;
import org.jspecify.annotations.Nullable;

/** What a search may ask. Immutable; any thread may use it. */
public final class QueryRules {
    private final VectorRules vectors;

    public QueryRules(CollectionSpec spec) {
        this.vectors = new VectorRules(spec);
    }

    /**
     * Checks one query.
     *
     * @param where how messages name it
     * @return its vector as a new array; null where its text is still to be embedded
     * @throws BadInput naming the query, the value and the limit
     */
    public float @Nullable [] require(String where, Query query) {
        return switch (query.getInputCase()) {
            case VECTOR -> vectors.require(where, query.getVector());
            case TEXT -> {
                vectors.requireText(where, query.getText());
                yield null;
            }
            case INPUT_NOT_SET -> throw new BadInput(where + ": neither vector nor text is given");
        };
    }

    /** Checks how a search wants to be answered. */
    public static void requireParams(SearchParams params) {
        if (params.getK() < 1 || params.getK() > Limits.HITS) {
            throw new BadInput("k = " + Integer.toUnsignedString(params.getK()) + " is not within 1 to " + Limits.HITS);
        }
        requireRecall(params);
        if (Integer.compareUnsigned(params.getEf(), Limits.HITS) > 0) {
            throw new BadInput("ef = " + Integer.toUnsignedString(params.getEf()) + " is beyond " + Limits.HITS);
        }
        requireLevel(params.getConsistency());
        double coverage = params.getMinCoverage();
        if (!(coverage >= 0 && coverage <= 1)) {
            throw new BadInput("min_coverage = " + coverage + " is not within 0 to 1");
        }
        if (params.hasFilter()) {
            requireFilter(params.getFilter());
        }
    }

    /** Checks a filter. */
    public static void requireFilter(Filter filter) {
        FilterRules.require(filter);
    }

    private static void requireRecall(SearchParams params) {
        if (!params.hasTargetRecall()) {
            return;
        }
        double target = params.getTargetRecall();
        if (params.getNprobe() != 0) {
            throw new BadInput("nprobe = " + Integer.toUnsignedString(params.getNprobe()) + " and target_recall = "
                    + target + " are given: a search takes one of them");
        }
        if (!(target >= Limits.MIN_TARGET_RECALL && target <= Limits.MAX_TARGET_RECALL)) {
            throw new BadInput("target_recall = " + target + " is not within " + Limits.MIN_TARGET_RECALL + " to "
                    + Limits.MAX_TARGET_RECALL);
        }
    }

    /** Checks that a consistency level is one that this server knows. */
    public static void requireLevel(ConsistencyLevel level) {
        if (level == ConsistencyLevel.UNRECOGNIZED) {
            throw new BadInput("consistency is none of UNSPECIFIED, EVENTUAL, SESSION and STRONG");
        }
    }

    /** Checks the number of queries of a batch. */
    public static void requireCount(int queries) {
        if (queries < 1 || queries > Limits.BATCH_QUERIES) {
            throw new BadInput(queries + " queries are not within 1 to " + Limits.BATCH_QUERIES);
        }
    }
}
