package io.voronode.shardnode.partition;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.ExportRequest;
import io.voronode.proto.internal.v1.ExportResponse;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ReadRequest;
import io.voronode.proto.internal.v1.ReadResponse;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.ScanRequest;
import io.voronode.proto.internal.v1.ScanResponse;
import io.voronode.proto.internal.v1.StoredBody;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.proto.internal.v1.StoredDocument;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.shardnode.feed.PacedStream;
import io.voronode.shardnode.partition.store.Expiry;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.Positions;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.wire.VoronodeException;
import java.util.HexFormat;

/** Reads rows of one replica under one view per call. Keeps nothing; any thread may use it. */
final class RowReader {
    private static final int MAX_KEYS = 1_000;
    private static final int MAX_PAGE_BYTES = 8 << 20;
    private static final int EXPORT_BATCH_BYTES = 1 << 20;
    private static final Parts WHOLE = new Parts(true, true, true, false);

    private final int partition;

    RowReader(int partition) {
        this.partition = partition;
    }

    /** What to return of a row beside its key and version. */
    record Parts(boolean vector, boolean payload, boolean document, boolean stamps) {}

    ReadResponse.Builder read(RowView view, ReadRequest request) {
        if (request.getKeysCount() > MAX_KEYS) {
            throw new VoronodeException.BadInput(request.getKeysCount() + " keys > " + MAX_KEYS);
        }
        requireCollection(view, request.getCollectionUuid());
        Parts parts = new Parts(
                request.getWithVector(), request.getWithPayload(), request.getWithDocument(), request.getWithStamps());
        ReadResponse.Builder response = ReadResponse.newBuilder().setPosition(position(view));
        long nowMs = Expiry.readTimeMs(view, request.getNowMs());
        for (String key : request.getKeysList()) {
            byte[] row = RowKeys.row(request.getCollectionUuid(), key);
            StoredHead head = Expiry.live(view.head(row), nowMs);
            if (head != null) {
                response.addRows(row(view, row, head, parts));
            }
        }
        return response;
    }

    ScanResponse.Builder scan(RowView view, ScanRequest request) {
        if (request.getLimit() < 1 || request.getLimit() > MAX_KEYS) {
            throw new VoronodeException.BadInput("limit " + request.getLimit() + " is not in 1.." + MAX_KEYS);
        }
        StoredCollection collection = requireCollection(view, request.getCollectionUuid());
        Parts parts = new Parts(request.getWithVector(), request.getWithPayload(), request.getWithDocument(), false);
        long nowMs = Expiry.readTimeMs(view, request.getNowMs());
        ScanResponse.Builder response = ScanResponse.newBuilder().setPosition(position(view));
        if (request.getAfterKey().isEmpty()) {
            response.setLiveRows(collection.getLiveRows() - ExpiredRows.count(view, collection, nowMs));
        }
        byte[] from = behind(request.getCollectionUuid(), request.getAfterKey());
        byte[] end = RowKeys.behind(RowKeys.collection(request.getCollectionUuid()));
        long bytes = 0;
        try (RangeIterator heads = view.range(Family.HEADS, from, end)) {
            for (; heads.valid(); heads.next()) {
                if (response.getRowsCount() == request.getLimit() || bytes >= MAX_PAGE_BYTES) {
                    return response.setMore(true);
                }
                StoredHead head = view.parse(StoredHead.parser(), heads.value());
                if (Expiry.isOver(head, nowMs)) {
                    continue;
                }
                Row row = row(view, heads.key(), head, parts);
                bytes += row.getSerializedSize();
                response.addRows(row);
            }
        }
        return response;
    }

    /** Sends all live rows of a collection, a batch at a time; false when the caller went away. */
    boolean export(RowView view, ExportRequest request, PacedStream<ExportResponse> out) throws InterruptedException {
        ByteString uuid = request.getCollectionUuid();
        long nowMs = Expiry.readTimeMs(view, request.getNowMs());
        ExportResponse whole = ExportResponse.newBuilder()
                .setPosition(position(view))
                .setLiveRows(requireCollection(view, uuid).getLiveRows())
                .build();
        ExportResponse.Builder batch = whole.toBuilder();
        long bytes = 0;
        try (RangeIterator heads = view.prefix(Family.HEADS, RowKeys.collection(uuid))) {
            for (; heads.valid(); heads.next()) {
                StoredHead head = view.parse(StoredHead.parser(), heads.value());
                if (Expiry.isOver(head, nowMs)) {
                    continue;
                }
                Row row = row(view, heads.key(), head, WHOLE);
                bytes += row.getSerializedSize();
                batch.addRows(row);
                if (bytes >= EXPORT_BATCH_BYTES) {
                    if (!out.send(batch.build(), Deadlines.remainingNanos(), view::requireOpen)) {
                        return false;
                    }
                    batch = whole.toBuilder();
                    bytes = 0;
                }
            }
        }
        return out.send(batch.build(), Deadlines.remainingNanos(), view::requireOpen);
    }

    /** The first key to look at for rows behind a user's key; the empty one stands for the beginning. */
    static byte[] behind(ByteString uuid, String afterKey) {
        byte[] row = RowKeys.row(uuid, afterKey);
        return afterKey.isEmpty() ? row : RowKeys.successor(row);
    }

    private static Row row(RowView view, byte[] key, StoredHead head, Parts parts) {
        Row.Builder row = Row.newBuilder()
                .setKey(RowKeys.keyOfRow(key))
                .setVersion(head.getVersion())
                .setUpdateTimeMs(head.getUpdateTimeMs())
                .setExpireTimeMs(head.getExpireTimeMs());
        if (parts.stamps()) {
            row.addAllStamps(head.getStampsList());
        }
        if (parts.vector() || parts.payload()) {
            addBody(row, requireBody(view, key), parts);
        }
        if (parts.document() && head.getHasDocument()) {
            StoredDocument document = view.document(key);
            if (document == null) {
                throw new VoronodeException.Corruption("row \"" + row.getKey() + "\" has lost its document", null);
            }
            row.setHasDocument(true).setDocument(document.getContent()).setMediaType(document.getMediaType());
        }
        return row.build();
    }

    private static void addBody(Row.Builder row, StoredBody body, Parts parts) {
        if (parts.vector()) {
            row.setVector(body.getVector());
        }
        if (parts.payload()) {
            row.setPayloadBytes(body.getPayloadBytes());
        }
    }

    static StoredBody requireBody(RowView view, byte[] key) {
        StoredBody body = view.body(key);
        if (body == null) {
            throw new VoronodeException.Corruption("row \"" + RowKeys.keyOfRow(key) + "\" has lost its body", null);
        }
        return body;
    }

    StoredCollection requireCollection(RowView view, ByteString uuid) {
        if (uuid.size() != RowKeys.UUID_BYTES) {
            throw new VoronodeException.BadInput(
                    "collection uuid of " + uuid.size() + " bytes, not " + RowKeys.UUID_BYTES);
        }
        StoredCollection collection = view.collection(uuid);
        if (collection == null) {
            throw new VoronodeException.NotFound("UNKNOWN_COLLECTION: partition " + partition + " has no collection "
                    + HexFormat.of().formatHex(uuid.toByteArray()));
        }
        return collection;
    }

    Position position(RowView view) {
        return Positions.of(partition, view.applied());
    }
}
