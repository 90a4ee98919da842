package io.voronode.coordinator.gather;

import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.rows.RowRecords;
import io.voronode.engine.simd.Distances;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.ShardHit;
import io.voronode.proto.v1.Coverage;
import io.voronode.proto.v1.Explanation;
import io.voronode.proto.v1.Hit;
import io.voronode.proto.v1.SearchMode;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.SearchResult;
import io.voronode.wire.VoronodeException;

/** Turns what was found into what the caller sees. Used by one thread. */
final class Answers {
    private final CollectionImage collection;
    private final Metric metric;
    private final SearchParams params;
    private final ProbePlan plan;
    private final HitRows rows;
    private final Stopwatch time;

    Answers(CollectionImage collection, SearchParams params, ProbePlan plan, HitRows rows, Stopwatch time) {
        this.collection = collection;
        this.metric = Metric.ofWireNumber(collection.spec().getMetric());
        this.params = params;
        this.plan = plan;
        this.rows = rows;
        this.time = time;
    }

    /**
     * The answer to one query.
     *
     * @throws VoronodeException if less was scanned than the caller accepts
     */
    SearchResult result(QueryScan scan) {
        Coverage coverage = scan.coverage();
        double minCoverage = params.hasMinCoverage() ? params.getMinCoverage() : 1;
        if (coverage.getShare() < minCoverage) {
            throw scan.tooLittle("only " + coverage.getCellsScanned() + " of " + coverage.getCellsWanted()
                    + " cells could be scanned, coverage " + coverage.getShare() + " is below min_coverage "
                    + minCoverage);
        }
        SearchResult.Builder result = SearchResult.newBuilder().setCoverage(coverage);
        scan.merge().best(params.getK()).forEach(hit -> result.addHits(hit(hit)));
        if (params.getExplain()) {
            result.setExplanation(explanation(scan, collection, params, plan, time));
        }
        return result.build();
    }

    private Hit hit(ShardHit found) {
        Row row = rows.row(found);
        Hit.Builder hit = Hit.newBuilder()
                .setKey(found.getKey())
                .setDistance(Distances.reported(metric, found.getDistance()))
                .setScore(Distances.score(metric, found.getDistance()));
        return row == null ? asSearched(hit, found) : asFetched(hit, row);
    }

    private Hit asSearched(Hit.Builder hit, ShardHit found) {
        hit.setVersion(found.getVersion());
        if (params.getWithPayload()) {
            hit.setPayload(found.getPayload());
        }
        return hit.build();
    }

    /** All of one version: with the payload that was searched a record that changed since would be one that never was. */
    private Hit asFetched(Hit.Builder hit, Row row) {
        hit.setVersion(row.getVersion());
        if (params.getWithPayload()) {
            hit.setPayload(row.getPayload());
        }
        RowRecords.vector(row).filter(any -> params.getWithVector()).ifPresent(hit::setVector);
        RowRecords.document(row).filter(any -> params.getWithDocument()).ifPresent(hit::setDocument);
        return hit.build();
    }

    /** How the answer to a query came to be, up to now. */
    static Explanation explanation(
            QueryScan scan, CollectionImage collection, SearchParams params, ProbePlan plan, Stopwatch time) {
        Explanation.Builder explanation = time.explain();
        if (!params.hasFilter()) {
            plan.recall().ifPresent(explanation::setEstimatedRecall);
        }
        explanation
                .setGeneration(collection.serving())
                .setCellsRanked(scan.cellCount())
                .addAllWaves(scan.explainedWaves())
                .setVectorsScanned(scan.vectorsScanned())
                .setCodesScanned(scan.codesScanned())
                .setCodesRefined(scan.codesRefined())
                .setMode(
                        scan.filter().allAreComplete()
                                ? SearchMode.SEARCH_MODE_EXACT_FILTERED
                                : SearchMode.SEARCH_MODE_CELLS);
        if (params.hasFilter()) {
            explanation.setAccepted(scan.filter().accepted());
        }
        return explanation.build();
    }
}
