package io.voronode.coordinator.gather;

import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.rows.Projection;
import io.voronode.coordinator.rows.RowReader;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.coordinator.validate.Limits;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.ShardHit;
import io.voronode.proto.v1.SearchParams;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows of hits: of all for documents and vectors, else of those whose payload was left out for its size. Read from replicas that
 * contain all that the searched shards showed, so a row that is not there has been deleted since, and its hit is dropped. One of another
 * version has been written since: it is what is shown, unless the search has a filter, which it may no longer meet; then its hit is dropped
 * as well. Used by one thread.
 */
final class HitRows {
    // A record that is deleted while others are looked for costs a further round; under a storm of deletes fewer than k
    // are answered.
    private static final int MAX_ROUNDS = 4;
    private static final int SPARE_SHARE = 4;

    private final RowReader reader;
    private final CollectionImage collection;
    private final Projection projection;
    private final int k;
    private final boolean filtered;
    private final long nowMs;
    private final boolean ofAll;
    private final Map<String, Row> rows = new HashMap<>();
    private final List<Position> positions = new ArrayList<>();
    private int rounds;

    HitRows(RowReader reader, CollectionImage collection, SearchParams params, long nowMs) {
        this.reader = reader;
        this.collection = collection;
        this.projection = new Projection(params.getWithVector(), params.getWithPayload(), params.getWithDocument());
        this.k = params.getK();
        this.filtered = params.hasFilter();
        this.nowMs = nowMs;
        this.ofAll = ofAll(params);
    }

    /** How many hits of a query to look for: where all rows are fetched some more than are wanted, so that a few which are gone cost no second scan. */
    static int asked(SearchParams params) {
        int k = params.getK();
        return ofAll(params) ? Math.min(Limits.HITS, k + 2 + k / SPARE_SHARE) : k;
    }

    /** Whether the row of every hit is needed. */
    private static boolean ofAll(SearchParams params) {
        return params.getWithVector() || params.getWithDocument();
    }

    /** Whether anything is to be fetched. */
    boolean wanted(List<QueryScan> scans) {
        return ofAll || (projection.payload() && scans.stream().anyMatch(this::lacksPayload));
    }

    private boolean lacksPayload(QueryScan scan) {
        return scan.merge().best(k).stream().anyMatch(ShardHit::getPayloadLeftOut);
    }

    /**
     * Fetches the rows of the best k of each query that were not fetched before, and drops hits without one.
     *
     * @return the queries that lost hits and may find others
     */
    List<QueryScan> fetch(List<QueryScan> scans, SessionToken required) {
        List<QueryScan> lost = new ArrayList<>();
        boolean movedUp = true;
        while (movedUp) {
            movedUp = fetchBest(scans, required, lost);
        }
        rounds++;
        return rounds == MAX_ROUNDS
                ? List.of()
                : lost.stream().distinct().filter(scan -> scan.mayLack(k)).toList();
    }

    /** Whether hits were dropped, so that others moved up into the best k, which may be gone as well. */
    private boolean fetchBest(List<QueryScan> scans, SessionToken required, List<QueryScan> lost) {
        Set<String> keys = new LinkedHashSet<>();
        scans.forEach(scan -> withoutRow(scan).forEach(hit -> keys.add(hit.getKey())));
        if (keys.isEmpty()) {
            return false;
        }
        RowReader.Rows read = reader.read(collection, keys, projection, required, nowMs);
        rows.putAll(read.byKey());
        positions.addAll(read.positions());
        boolean dropped = false;
        for (QueryScan scan : scans) {
            for (ShardHit hit : withoutRow(scan)) {
                scan.merge().drop(hit);
                lost.add(scan);
                dropped = true;
            }
        }
        return dropped;
    }

    private List<ShardHit> withoutRow(QueryScan scan) {
        return scan.merge().best(k).stream()
                .filter(hit -> needsRow(hit) && !shows(hit))
                .toList();
    }

    private boolean needsRow(ShardHit hit) {
        return ofAll || hit.getPayloadLeftOut();
    }

    private boolean shows(ShardHit hit) {
        Row row = rows.get(hit.getKey());
        return row != null && (!filtered || row.getVersion() == hit.getVersion());
    }

    /** What the rows that were read contain; it may be more than what was searched. */
    List<Position> positions() {
        return positions;
    }

    /** What a hit is shown as; null for as it was searched, also where its row was read for another query and is none that this one may show. */
    @Nullable
    Row row(ShardHit hit) {
        return shows(hit) ? rows.get(hit.getKey()) : null;
    }
}
