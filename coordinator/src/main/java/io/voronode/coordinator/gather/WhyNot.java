package io.voronode.coordinator.gather;

import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.rows.Projection;
import io.voronode.coordinator.rows.RowReader;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.coordinator.validate.Keys;
import io.voronode.coordinator.validate.Limits;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.RankedCells;
import io.voronode.engine.simd.Distances;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.SearchResult;
import io.voronode.proto.v1.Vector;
import io.voronode.proto.v1.WhyNotReason;
import io.voronode.proto.v1.WhyNotResponse;
import io.voronode.proto.v1.WhyNotResponseOrBuilder;
import io.voronode.wire.VectorBytes;
import io.voronode.wire.VoronodeException.Corruption;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out why a search does not find a record: the record is read by its key, the search is done as asked and explained, and done once more
 * exactly; where the three disagree is the reason. Any thread may call, within its gRPC context's time.
 */
public final class WhyNot {
    /** More than there are. */
    private static final int ALL_CELLS = -1;

    private final Gather gather;
    private final RowReader rows;
    private final InstantSource clock;

    public WhyNot(Gather gather, RowReader rows, InstantSource clock) {
        this.gather = gather;
        this.rows = rows;
        this.clock = clock;
    }

    /** The answer for one record and one query. */
    public WhyNotResponse explain(CollectionImage collection, String key, Query query, SearchParams params) {
        Keys.require("key", key);
        float[] vector = gather.vector(collection, query);
        SearchParams bare = params.toBuilder()
                .setWithPayload(false)
                .setWithDocument(false)
                .setWithVector(false)
                .setExplain(true)
                .build();
        long nowMs = clock.millis();
        SearchResult found = search(collection, vector, bare, nowMs);
        WhyNotResponse.Builder answer = WhyNotResponse.newBuilder().setExplanation(found.getExplanation());
        if (found.getHitsCount() > 0) {
            answer.setFarthestHitDistance(found.getHitsList().getLast().getDistance());
        }
        Row row = row(collection, key, params, nowMs);
        if (row == null) {
            return answer.setReason(WhyNotReason.WHY_NOT_REASON_NOT_LIVE).build();
        }
        place(collection, row, vector, answer);
        SearchResult exact = search(collection, vector, exactly(bare), nowMs);
        rank(exact, key).ifPresent(answer::setRank);
        if (rank(exact, key).isEmpty() && params.hasFilter() && isSeen(collection, key, vector, bare, nowMs)) {
            return answer.setReason(WhyNotReason.WHY_NOT_REASON_FILTERED_OUT).build();
        }
        return answer.setReason(reason(found, exact, key, answer, params.getK()))
                .build();
    }

    private static SearchParams exactly(SearchParams params) {
        return params.toBuilder()
                .clearTargetRecall()
                .setNprobe(ALL_CELLS)
                .setK(Limits.HITS)
                .build();
    }

    /** Whether an exact search without the filter finds it. */
    private boolean isSeen(CollectionImage collection, String key, float[] vector, SearchParams params, long nowMs) {
        SearchParams unfiltered = exactly(params).toBuilder().clearFilter().build();
        return rank(search(collection, vector, unfiltered, nowMs), key).isPresent();
    }

    private SearchResult search(CollectionImage collection, float[] vector, SearchParams params, long nowMs) {
        Vector.Builder values = Vector.newBuilder();
        for (float value : vector) {
            values.addValues(value);
        }
        Query query = Query.newBuilder().setVector(values).build();
        return gather.search(collection, List.of(query), params, nowMs)
                .results()
                .getFirst();
    }

    private @Nullable Row row(CollectionImage collection, String key, SearchParams params, long nowMs) {
        SessionToken seen = SessionToken.decode(collection.spec().getUuid(), params.getSessionToken());
        Projection wanted = new Projection(true, false, false, true);
        return rows.read(collection, List.of(key), wanted, seen, nowMs).byKey().get(key);
    }

    /** Where the record is: its distance, its cell, and the rank of that. */
    private static void place(CollectionImage collection, Row row, float[] query, WhyNotResponse.Builder answer) {
        Metric metric = Metric.ofWireNumber(collection.spec().getMetric());
        float[] vector = VectorBytes.unpack(row.getVector());
        if (metric == Metric.COSINE) {
            Vectors.normalize(vector);
        }
        answer.setDistance(Distances.reported(metric, Distances.distance(metric, query, vector)));
        for (Stamp stamp : row.getStampsList()) {
            if (stamp.getGeneration() == collection.serving()) {
                answer.setCell(stamp.getCell());
                answer.setCellRank(cellRank(collection.servingGeneration().map(), query, stamp.getCell()));
            }
        }
    }

    private static int cellRank(CellMap map, float[] query, int cell) {
        RankedCells ranked = map.rank(query, map.cellCount());
        return 1
                + IntStream.range(0, ranked.size())
                        .filter(rank -> ranked.cells()[rank] == cell)
                        .findFirst()
                        .orElseThrow(() -> new Corruption("a stamp names cell " + cell + " of " + map, null));
    }

    /** From 1; empty where the key is not among the hits. */
    private static OptionalInt rank(SearchResult result, String key) {
        return IntStream.range(0, result.getHitsCount())
                .filter(hit -> result.getHits(hit).getKey().equals(key))
                .map(hit -> hit + 1)
                .findFirst();
    }

    private static WhyNotReason reason(
            SearchResult found, SearchResult exact, String key, WhyNotResponseOrBuilder answer, int k) {
        if (rank(found, key).isPresent()) {
            return WhyNotReason.WHY_NOT_REASON_FOUND;
        }
        if (!answer.hasRank()) {
            // Fewer hits than the limit are all that searches see.
            return exact.getHitsCount() < Limits.HITS
                    ? WhyNotReason.WHY_NOT_REASON_NOT_VISIBLE
                    : WhyNotReason.WHY_NOT_REASON_BEATEN;
        }
        if (answer.getRank() > k) {
            return WhyNotReason.WHY_NOT_REASON_BEATEN;
        }
        boolean scanned = found.getExplanation().getWavesList().stream()
                .anyMatch(wave -> wave.getCellsList().contains(answer.getCell()));
        return scanned ? WhyNotReason.WHY_NOT_REASON_LOST_TO_CODES : WhyNotReason.WHY_NOT_REASON_CELL_NOT_SCANNED;
    }
}
