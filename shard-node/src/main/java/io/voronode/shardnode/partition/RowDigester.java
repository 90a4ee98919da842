package io.voronode.shardnode.partition;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.DigestRowsRequest;
import io.voronode.proto.internal.v1.DigestRowsResponse;
import io.voronode.proto.internal.v1.KeySelection;
import io.voronode.proto.internal.v1.RowDigest;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.StoredBody;
import io.voronode.proto.internal.v1.StoredDocument;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.wire.ListDigest;
import io.voronode.wire.VoronodeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Digests the rows that one DigestRows call asks for, under one view. Used once, by one thread. */
final class RowDigester {
    private static final int MAX_KEYS = 1_000;
    private static final int MAX_ROWS = 20_000;
    private static final long MAX_CONTENT_BYTES = 16 << 20;
    private static final int CONTENT_BYTES = 16;

    private final RowView view;
    private final DigestRowsRequest request;
    private final DigestRowsResponse.Builder response = DigestRowsResponse.newBuilder();
    private final ListDigest digest = new ListDigest();
    private long contentBytes;

    RowDigester(RowView view, DigestRowsRequest request) {
        this.view = view;
        this.request = request;
    }

    /** The answer but for what concerns the whole replica. */
    DigestRowsResponse.Builder digest() {
        KeySelection keys = request.getKeys();
        if (keys.getKeysCount() > MAX_KEYS) {
            throw new VoronodeException.BadInput(keys.getKeysCount() + " keys > " + MAX_KEYS);
        }
        if (keys.getKeysCount() > 0) {
            digestNamed(keys);
        } else {
            digestRange(keys);
        }
        response.setDigest(digest.value());
        return response.getDigest().equals(request.getKnownDigest()) ? response.clearRows() : response;
    }

    private void digestNamed(KeySelection keys) {
        for (String key : keys.getKeysList()) {
            byte[] row = RowKeys.row(request.getCollectionUuid(), key);
            StoredHead head = view.head(row);
            if (head != null) {
                add(row, head);
            }
        }
    }

    private void digestRange(KeySelection keys) {
        if (keys.getLimit() < 1 || keys.getLimit() > MAX_ROWS) {
            throw new VoronodeException.BadInput("limit " + keys.getLimit() + " is not in 1.." + MAX_ROWS);
        }
        byte[] from = RowReader.behind(request.getCollectionUuid(), keys.getAfterKey());
        byte[] end = keys.getThroughKey().isEmpty()
                ? RowKeys.behind(RowKeys.collection(request.getCollectionUuid()))
                : RowKeys.successor(RowKeys.row(request.getCollectionUuid(), keys.getThroughKey()));
        try (RangeIterator heads = view.range(Family.HEADS, from, end)) {
            for (; heads.valid(); heads.next()) {
                if (response.getRowsCount() == keys.getLimit() || contentBytes >= MAX_CONTENT_BYTES) {
                    response.setMore(true);
                    return;
                }
                add(heads.key(), view.parse(StoredHead.parser(), heads.value()));
            }
        }
    }

    private void add(byte[] row, StoredHead head) {
        RowDigest.Builder entry = RowDigest.newBuilder()
                .setKey(RowKeys.keyOfRow(row))
                .setVersion(head.getVersion())
                .setContent(content(row, head));
        Stamp stamp = stamp(head);
        if (stamp != null) {
            entry.setStamp(stamp).setListed(isListed(row, stamp));
        }
        RowDigest built = entry.build();
        digest.add(built);
        response.addRows(built);
    }

    private @Nullable Stamp stamp(StoredHead head) {
        return head.getStampsList().stream()
                .filter(stamp -> stamp.getGeneration() == request.getGeneration())
                .findFirst()
                .orElse(null);
    }

    private boolean isListed(byte[] row, Stamp stamp) {
        Integer cell = view.stampedCell(RowKeys.stamp(
                request.getCollectionUuid(), stamp.getGeneration(), stamp.getShard(), RowKeys.keyBytesOfRow(row)));
        return cell != null && cell == stamp.getCell();
    }

    private ByteString content(byte[] row, StoredHead head) {
        MessageDigest sha = ListDigest.sha256();
        StoredBody body = view.body(row);
        if (body == null) {
            throw lost(row, "body");
        }
        put(sha, body.getVector());
        put(sha, body.getPayloadBytes());
        if (head.getHasDocument()) {
            StoredDocument document = view.document(row);
            if (document == null) {
                throw lost(row, "document");
            }
            put(sha, ByteString.copyFrom(document.getMediaType(), StandardCharsets.UTF_8));
            put(sha, document.getContent());
        }
        sha.update(
                ByteBuffer.allocate(Long.BYTES).putLong(head.getUpdateTimeMs()).flip());
        if (head.getExpireTimeMs() != 0) {
            // Left out else: versions that know no expiries compute the same.
            sha.update(ByteBuffer.allocate(Long.BYTES)
                    .putLong(head.getExpireTimeMs())
                    .flip());
        }
        return ByteString.copyFrom(sha.digest(), 0, CONTENT_BYTES);
    }

    private static VoronodeException lost(byte[] row, String part) {
        return new VoronodeException.Corruption("row \"" + RowKeys.keyOfRow(row) + "\" has lost its " + part, null);
    }

    private void put(MessageDigest sha, ByteString part) {
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.size()).flip());
        part.asReadOnlyByteBufferList().forEach(sha::update);
        contentBytes += part.size();
    }
}
