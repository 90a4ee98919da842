package io.voronode.coordinator.rows;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.route.Backoff;
import io.voronode.coordinator.route.Fanout;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.PartitionHash;
import io.voronode.coordinator.route.PartitionRouter;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ReadRequest;
import io.voronode.proto.internal.v1.ReadResponse;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.ScanRequest;
import io.voronode.proto.internal.v1.ScanResponse;
import io.voronode.wire.VoronodeException.NotFound;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads rows from replicas of their partitions, side by side. Any thread may ask. */
public final class RowReader {
    private static final int UNKNOWN_COLLECTION_ATTEMPTS = 8;
    private static final Set<Status.Code> MAY_BE_BEHIND =
            EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);

    private final Images images;
    private final PartitionRouter partitions;
    private final Freshness freshness;

    public RowReader(Images images, PartitionRouter partitions, Freshness freshness) {
        this.images = images;
        this.partitions = partitions;
        this.freshness = freshness;
    }

    /**
     * Rows by key.
     *
     * @param byKey the live ones of the keys asked for
     * @param positions what was read contains
     * @param lagMs how far behind the rows the replicas that were read may be
     */
    public record Rows(Map<String, Row> byKey, List<Position> positions, long lagMs) {}

    /** The partitions of these keys. */
    public Collection<Integer> partitionsOf(Collection<String> keys) {
        return byPartition(keys).keySet();
    }

    /**
     * Reads rows by key, each partition from a replica that contains what is required.
     *
     * @param nowMs the time of the user's call: what has expired by then is not live
     */
    public Rows read(
            CollectionImage collection,
            Collection<String> keys,
            Projection projection,
            SessionToken required,
            long nowMs) {
        List<ReadRequest> requests = new ArrayList<>();
        byPartition(keys).forEach((partition, all) -> {
            for (int from = 0; from < all.size(); from += projection.rowsPerRead()) {
                List<String> some = all.subList(from, Math.min(all.size(), from + projection.rowsPerRead()));
                requests.add(request(collection, partition, some, projection, required)
                        .setNowMs(nowMs)
                        .build());
            }
        });
        Map<String, Row> rows = new HashMap<>();
        List<Position> positions = new ArrayList<>();
        long lagMs = 0;
        for (ReadResponse response : Fanout.map(requests, request -> read(collection, request))) {
            response.getRowsList().forEach(row -> rows.put(row.getKey(), row));
            positions.add(response.getPosition());
            lagMs = Math.max(lagMs, response.getLagMs());
        }
        return new Rows(rows, positions, lagMs);
    }

    private SortedMap<Integer, List<String>> byPartition(Collection<String> keys) {
        int partitionCount = images.current().partitionCount();
        SortedMap<Integer, List<String>> byPartition = new TreeMap<>();
        for (String key : keys) {
            byPartition
                    .computeIfAbsent(PartitionHash.partition(key, partitionCount), ignored -> new ArrayList<>())
                    .add(key);
        }
        return byPartition;
    }

    private static ReadRequest.Builder request(
            CollectionImage collection,
            int partition,
            List<String> keys,
            Projection projection,
            SessionToken required) {
        ReadRequest.Builder request = ReadRequest.newBuilder()
                .setPartition(partition)
                .setCollectionUuid(collection.spec().getUuid())
                .addAllKeys(keys)
                .setWithVector(projection.vector())
                .setWithPayload(projection.payload())
                .setWithDocument(projection.document())
                .setWithStamps(projection.stamps());
        Position atLeast = required.position(partition);
        if (atLeast != null) {
            request.setAtLeast(atLeast);
        }
        return request;
    }

    private ReadResponse read(CollectionImage collection, ReadRequest request) {
        Position atLeast = request.hasAtLeast() ? request.getAtLeast() : null;
        return whileUnknown(collection, () -> anyReplica(request.getPartition(), atLeast, stub -> stub.read(request)));
    }

    /** Reads one page of a partition in key order. */
    ScanResponse scan(CollectionImage collection, ScanRequest.Builder page, SessionToken required) {
        Position atLeast = required.position(page.getPartition());
        if (atLeast != null) {
            page.setAtLeast(atLeast);
        }
        ScanRequest request =
                page.setCollectionUuid(collection.spec().getUuid()).build();
        return whileUnknown(collection, () -> anyReplica(request.getPartition(), atLeast, stub -> stub.scan(request)));
    }

    private <R> R anyReplica(int partition, @Nullable Position atLeast, PartitionRouter.Attempt<R> read) {
        return partitions.anyReplica(partition, stub -> {
            try {
                return read.call(stub);
            } catch (StatusRuntimeException e) {
                if (atLeast != null && MAY_BE_BEHIND.contains(e.getStatus().getCode())) {
                    freshness.requireReachable(List.of(atLeast));
                }
                throw e;
            }
        });
    }

    /** A replica may have yet to learn of a collection that has just been made. */
    private <R> R whileUnknown(CollectionImage collection, Supplier<R> read) {
        Backoff backoff = new Backoff();
        for (int attempt = 1; ; attempt++) {
            try {
                return read.get();
            } catch (NotFound e) {
                images.tryRefresh();
                images.same(collection);
                if (attempt == UNKNOWN_COLLECTION_ATTEMPTS || !backoff.pause()) {
                    throw new NotFound(
                            "collection \"" + collection.spec().getName() + "\" does not exist: " + e.getMessage());
                }
            }
        }
    }
}
