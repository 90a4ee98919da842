package io.voronode.shardnode.feed;

import io.voronode.proto.internal.v1.ScanShardRequest;
import io.voronode.proto.internal.v1.ScanShardResponse;
import io.voronode.proto.internal.v1.ScannedRow;
import io.voronode.proto.internal.v1.ShardRow;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.proto.internal.v1.StoredGeneration;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.Positions;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.wire.VoronodeException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One ScanShard call: walks the stamps of a shard in key order, a batch under one view after the other. Owned by one thread. */
final class ShardScan {
    private static final int BATCH_BYTES = 1 << 20;
    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final FeedSources sources;
    private final ScanShardRequest request;
    private final PacedStream<ScanShardResponse> out;
    private final ScanThrottle throttle;

    ShardScan(
            FeedSources sources, ScanShardRequest request, PacedStream<ScanShardResponse> out, ScanThrottle throttle) {
        this.sources = sources;
        this.request = request;
        this.out = out;
        this.throttle = throttle;
    }

    void run() {
        try {
            FeedSource source = sources.source(request.getPartition());
            byte[] next = first();
            while (next != null) {
                ScanShardResponse.Builder batch = ScanShardResponse.newBuilder();
                next = read(source, next, batch);
                ScanShardResponse message = batch.build();
                throttle.await(message.getSerializedSize());
                if (!out.send(message, STALLED_NANOS)) {
                    throw new VoronodeException.Unavailable("the scanning node took nothing for 60 s, or is gone");
                }
            }
            out.complete();
        } catch (VoronodeException e) {
            out.fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            out.fail(new VoronodeException.Unavailable("the feed source closes", e));
        } catch (RuntimeException e) {
            out.fail(new VoronodeException.Bug("the scan of partition " + request.getPartition() + " failed", e));
        }
    }

    private byte[] prefix() {
        return RowKeys.shard(request.getCollectionUuid(), request.getGeneration(), request.getShard());
    }

    private byte[] first() {
        if (request.getCollectionUuid().size() != RowKeys.UUID_BYTES) {
            throw new VoronodeException.BadInput(
                    "collection uuid of " + request.getCollectionUuid().size() + " bytes, not " + RowKeys.UUID_BYTES);
        }
        return request.getAfterKey().isEmpty()
                ? prefix()
                : RowKeys.successor(RowKeys.stamp(
                        request.getCollectionUuid(),
                        request.getGeneration(),
                        request.getShard(),
                        request.getAfterKey().getBytes(StandardCharsets.UTF_8)));
    }

    /** Returns where the next batch begins; null at the end. */
    private byte @Nullable [] read(FeedSource source, byte[] from, ScanShardResponse.Builder batch) {
        int bytes = 0;
        try (RowView view = source.view();
                RangeIterator stamps = view.range(Family.STAMPS, from, RowKeys.behind(prefix()))) {
            batch.setPosition(Positions.of(source.partition(), view.applied()))
                    .setUnstamped(generation(view).getUnstamped());
            for (; stamps.valid(); stamps.next()) {
                if (bytes >= BATCH_BYTES) {
                    return stamps.key();
                }
                ScannedRow row = row(view, RowKeys.keyOfStamp(stamps.key()));
                bytes += row.getSerializedSize();
                batch.addRows(row);
            }
            return null;
        }
    }

    private StoredGeneration generation(RowView view) {
        StoredCollection collection = view.collection(request.getCollectionUuid());
        if (collection == null) {
            throw new VoronodeException.NotFound("UNKNOWN_COLLECTION: not in partition " + request.getPartition());
        }
        return collection.getGenerationsList().stream()
                .filter(live -> live.getGeneration() == request.getGeneration())
                .findFirst()
                .orElseThrow(() -> notLive(collection));
    }

    private VoronodeException notLive(StoredCollection collection) {
        String message = "generation " + request.getGeneration() + " of collection \""
                + collection.getSpec().getName() + "\" is not live in partition " + request.getPartition();
        return request.getGeneration() > collection.getLastGeneration()
                ? new VoronodeException.NotFound(message)
                : new VoronodeException.Conflict(VoronodeException.Reason.NOT_POSSIBLE_NOW, message);
    }

    private ScannedRow row(RowView view, String key) {
        ShardRow row =
                ShardRows.read(view, request.getCollectionUuid(), request.getGeneration(), request.getShard(), key);
        if (row == null) {
            throw new VoronodeException.Corruption("the stamp of row \"" + key + "\" belongs to no row", null);
        }
        return ScannedRow.newBuilder().setKey(key).setRow(row).build();
    }
}
