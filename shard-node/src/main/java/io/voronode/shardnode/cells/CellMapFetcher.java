package io.voronode.shardnode.cells;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.voronode.proto.internal.v1.GetBlobRequest;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.wire.Channels;
import io.voronode.wire.VoronodeException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Fetches blobs from the nodes that hold a partition, one after the other until one gives the bytes with the right digest. */
final class CellMapFetcher {
    private static final long DEADLINE_SECONDS = 30;
    /** 200 000 cells of 768 dimensions; far above what one machine can rank. */
    private static final int MAX_BLOB_BYTES = 640 << 20;

    private final PartitionDirectory directory;
    private final Channels channels;

    CellMapFetcher(PartitionDirectory directory, Channels channels) {
        this.directory = directory;
        this.channels = channels;
    }

    byte[] fetch(ByteString digest, int partition) {
        List<String> addresses = directory.rpcAddresses(partition);
        VoronodeException failure = new VoronodeException.Unavailable(
                "no node is known to hold partition " + partition + " with cell map " + hex(digest));
        for (String address : addresses) {
            try {
                return fetch(address, digest, partition);
            } catch (StatusRuntimeException | VoronodeException e) {
                failure = unavailable(address, digest, partition, e, failure);
            }
        }
        throw failure;
    }

    private byte[] fetch(String address, ByteString digest, int partition) {
        ByteString bytes = ByteString.empty();
        var chunks = PartitionServiceGrpc.newBlockingStub(channels.to(address))
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .getBlob(GetBlobRequest.newBuilder()
                        .setPartition(partition)
                        .setDigest(digest)
                        .build());
        while (chunks.hasNext()) {
            bytes = bytes.concat(chunks.next().getContent());
            if (bytes.size() > MAX_BLOB_BYTES) {
                throw new VoronodeException.Unavailable("a cell map is larger than " + MAX_BLOB_BYTES + " bytes");
            }
        }
        byte[] blob = bytes.toByteArray();
        if (!Digests.sha256(blob).equals(digest)) {
            throw new VoronodeException.Unavailable(blob.length + " bytes do not have the digest");
        }
        return blob;
    }

    private static VoronodeException unavailable(
            String address, ByteString digest, int partition, Exception cause, @Nullable Exception earlier) {
        VoronodeException failure = new VoronodeException.Unavailable(
                "cell map " + hex(digest) + " of partition " + partition + " could not be fetched from " + address
                        + ": " + cause.getMessage(),
                cause);
        if (earlier != null) {
            failure.addSuppressed(earlier);
        }
        return failure;
    }

    private static String hex(ByteString digest) {
        return HexFormat.of().formatHex(digest.toByteArray());
    }
}
