package io.voronode.client;

import org.jspecify.annotations.Nullable;

/**
 * How a search is answered.
 *
 * @param k hits wanted, 1 to 10 000
 * @param nprobe cells to scan, the nearest ones; {@link #ALL_CELLS} for an exact search; 0: as many as the target recall takes; with a
 *     filter, what would be scanned without it
 * @param targetRecall mean share of the true k nearest that searches shall find, 0.5 to 0.999; 0: what the server aims at, 0.95; only
 *     where nprobe is 0
 * @param ef hits that are kept while a graph is walked, up to 10 000, never fewer than k: for collections of kind HNSW, which
 *     take no target recall; 0: what the server chooses, 100
 * @param filter which records may be found; null for all
 * @param withPayload whether hits carry their payload
 * @param withDocument whether hits carry their document
 * @param withVector whether hits carry their vector
 * @param consistency what the search may miss
 * @param minCoverage the least share of the chosen cells that must have been scanned, 0 to 1; below it the search fails
 * @param explain whether to return an {@link Explanation}
 */
public record SearchOptions(
        int k,
        int nprobe,
        double targetRecall,
        int ef,
        @Nullable Filter filter,
        boolean withPayload,
        boolean withDocument,
        boolean withVector,
        Consistency consistency,
        double minCoverage,
        boolean explain) {

    /** As many cells as there are: the search is exact. */
    public static final int ALL_CELLS = Integer.MAX_VALUE;

    /** The k nearest, everything else as the server chooses. */
    public static SearchOptions top(int k) {
        return builder(k).build();
    }

    public static Builder builder(int k) {
        return new Builder(k);
    }

    /** Builds options; used by one thread. */
    public static final class Builder {
        private final int k;
        private int nprobe;
        private double targetRecall;
        private int ef;
        private @Nullable Filter filter;
        private boolean withPayload;
        private boolean withDocument;
        private boolean withVector;
        private Consistency consistency = Consistency.DEFAULT;
        private double minCoverage = 1;
        private boolean explain;

        private Builder(int k) {
            this.k = k;
        }

        public Builder nprobe(int cells) {
            this.nprobe = cells;
            return this;
        }

        /** Excludes {@link #nprobe}. */
        public Builder targetRecall(double recall) {
            this.targetRecall = recall;
            return this;
        }

        /** For collections of kind HNSW: how wide a search looks. */
        public Builder ef(int hits) {
            this.ef = hits;
            return this;
        }

        /** Only these records are found; null: all. */
        public Builder filter(@Nullable Filter value) {
            this.filter = value;
            return this;
        }

        public Builder withPayload(boolean value) {
            this.withPayload = value;
            return this;
        }

        public Builder withDocument(boolean value) {
            this.withDocument = value;
            return this;
        }

        public Builder withVector(boolean value) {
            this.withVector = value;
            return this;
        }

        public Builder consistency(Consistency value) {
            this.consistency = value;
            return this;
        }

        /** 1 where it is not set: a search that misses cells fails. */
        public Builder minCoverage(double share) {
            this.minCoverage = share;
            return this;
        }

        public Builder explain(boolean value) {
            this.explain = value;
            return this;
        }

        public SearchOptions build() {
            return new SearchOptions(
                    k,
                    nprobe,
                    targetRecall,
                    ef,
                    filter,
                    withPayload,
                    withDocument,
                    withVector,
                    consistency,
                    minCoverage,
                    explain);
        }
    }
}
