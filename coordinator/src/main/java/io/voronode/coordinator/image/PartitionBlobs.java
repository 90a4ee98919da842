package io.voronode.coordinator.image;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.voronode.proto.internal.v1.GetBlobRequest;
import io.voronode.proto.internal.v1.GetBlobResponse;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Corruption;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Blobs from the nodes that hold the partition, one after the other until one gives it. Any thread; blocks for RPCs. */
final class PartitionBlobs implements BlobSource {
    private static final long TIMEOUT_SECONDS = 30;
    private static final int MAX_BLOB_BYTES = 1 << 30;

    private final Channels channels;
    private final IntFunction<List<String>> holders;

    /** The function gives the addresses of the live holders of a partition. */
    PartitionBlobs(Channels channels, IntFunction<List<String>> holders) {
        this.channels = channels;
        this.holders = holders;
    }

    @Override
    public byte[] fetch(int partition, ByteString digest) {
        VoronodeException failure = new Unavailable("no live node holds partition " + partition);
        for (String address : holders.apply(partition)) {
            try {
                return fetchFrom(address, partition, digest);
            } catch (StatusRuntimeException e) {
                VoronodeException next = missing(Statuses.fromGrpc(e));
                next.addSuppressed(failure);
                failure = next;
            }
        }
        throw failure;
    }

    /** The tree or a partition names the blob, so it exists: a holder that lacks it has yet to apply it. */
    private static VoronodeException missing(VoronodeException error) {
        return error instanceof NotFound
                ? new Unavailable("a holder does not have the blob yet: " + error.getMessage(), error)
                : error;
    }

    private byte[] fetchFrom(String address, int partition, ByteString digest) {
        Iterator<GetBlobResponse> chunks = PartitionServiceGrpc.newBlockingStub(channels.to(address))
                .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .getBlob(GetBlobRequest.newBuilder()
                        .setPartition(partition)
                        .setDigest(digest)
                        .build());
        ByteString bytes = ByteString.EMPTY;
        while (chunks.hasNext()) {
            bytes = bytes.concat(chunks.next().getContent());
            if (bytes.size() > MAX_BLOB_BYTES) {
                throw new Corruption("blob of partition " + partition + " exceeds " + MAX_BLOB_BYTES + " bytes", null);
            }
        }
        return bytes.toByteArray();
    }
}
