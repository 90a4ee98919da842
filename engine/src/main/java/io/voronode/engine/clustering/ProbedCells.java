package io.voronode.engine.clustering;

/** The cells that queries would probe: rows of a sample stand for queries. Pure functions. */
final class ProbedCells {

    /** Queries in all: each cell is then probed by about two hundred of them. */
    private static final int QUERIES_PER_CELL = 4;

    /**
     * Cells that a query probes. A recall of 0.9 takes about 24 and one of 0.95 about 60 of hard data (GloVe); a grouping for many serves queries of few
     * better than the other way round.
     */
    private static final int PROBES = 48;

    private ProbedCells() {}

    /**
     * The cells that each query probes.
     *
     * @param sample as stored in the index, normalised for COSINE
     */
    static int[][] of(float[][] sample, CellSpace space, FoundCells cells, Workers workers) {
        CellRanker ranker = CellRanker.of(cells.centroids());
        int cellCount = cells.sizes().length;
        int count = (int) Math.min(sample.length, (long) QUERIES_PER_CELL * cellCount);
        int[][] probed = new int[count][];
        workers.forAll(count, (from, to) -> {
            for (int query = from; query < to; query++) {
                float[] row = sample[(int) ((long) query * sample.length / count)];
                probed[query] = ranker.rank(space.ofQuery(row), Math.min(PROBES, cellCount))
                        .cells();
            }
        });
        return probed;
    }
}
