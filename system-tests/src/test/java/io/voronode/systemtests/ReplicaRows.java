package io.voronode.systemtests;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.proto.internal.v1.PartitionServiceGrpc.PartitionServiceBlockingStub;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.ScanRequest;
import io.voronode.proto.internal.v1.ScanResponse;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;

/** What one replica of a partition holds, read from the node itself, past coordinators and leaders. */
public final class ReplicaRows {
    private static final int PAGE = 500;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private ReplicaRows() {}

    /** SHA-256 over key, version, vector, payload and document of every live row of a collection, in the order of the keys, and their number. */
    public static String hash(Channels channels, String address, int partition, String collectionUuid) {
        PartitionServiceBlockingStub node =
                PartitionServiceGrpc.newBlockingStub(channels.to(address)).withDeadlineAfter(TIMEOUT);
        MessageDigest digest = sha256();
        long rows = 0;
        ScanResponse page = ScanResponse.getDefaultInstance();
        try {
            do {
                page = node.scan(request(partition, collectionUuid, page));
                page.getRowsList().forEach(row -> add(digest, row));
                rows += page.getRowsCount();
            } while (page.getMore());
        } catch (RuntimeException e) {
            throw Statuses.fromGrpc(e);
        }
        return rows + " rows " + HexFormat.of().formatHex(digest.digest());
    }

    private static ScanRequest request(int partition, String collectionUuid, ScanResponse last) {
        UUID uuid = UUID.fromString(collectionUuid);
        return ScanRequest.newBuilder()
                .setPartition(partition)
                .setCollectionUuid(ByteString.copyFrom(ByteBuffer.allocate(2 * Long.BYTES)
                        .putLong(uuid.getMostSignificantBits())
                        .putLong(uuid.getLeastSignificantBits())
                        .flip()))
                .setAfterKey(
                        last.getRowsCount() == 0
                                ? ""
                                : last.getRows(last.getRowsCount() - 1).getKey())
                .setLimit(PAGE)
                .setWithVector(true)
                .setWithPayload(true)
                .setWithDocument(true)
                .build();
    }

    private static void add(MessageDigest digest, Row row) {
        digest.update(row.getKeyBytes().toByteArray());
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(row.getVersion()).flip());
        digest.update(row.getVector().toByteArray());
        digest.update(row.getPayloadBytes().toByteArray());
        digest.update(row.getDocument().toByteArray());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
