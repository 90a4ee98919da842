package io.voronode.shardnode.partition;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.SampleRequest;
import io.voronode.proto.internal.v1.SampleResponse;
import io.voronode.shardnode.feed.PacedStream;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowView;
import java.util.SplittableRandom;

/**
 * Samples vectors of a collection: selection sampling (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S) over the heads in key
 * order, so every subset of the wanted size is equally likely, and the same seed over the same rows gives the same sample. Of a part of
 * the rows ({@link SampledRows}) the sample is what falls in it of a larger one, so about as large as wanted. Bodies are read for the chosen
 * rows only.
 */
final class Sampler {
    private static final int BATCH_BYTES = 1 << 20;

    private Sampler() {}

    /** Sends the sample in batches; false when the caller went away. */
    static boolean sample(
            RowView view, SampleRequest request, long liveRows, PacedStream<SampleResponse> out, long timeoutNanos)
            throws InterruptedException {
        SplittableRandom random = new SplittableRandom(request.getSeed());
        long remainingRows = liveRows;
        long wanted =
                Math.min(SampledRows.drawn(request.getPart(), Integer.toUnsignedLong(request.getCount())), liveRows);
        SampleResponse.Builder batch = SampleResponse.newBuilder();
        int bytes = 0;
        try (RangeIterator heads = view.prefix(Family.HEADS, RowKeys.collection(request.getCollectionUuid()))) {
            for (; wanted > 0 && heads.valid(); heads.next(), remainingRows--) {
                view.requireOpen();
                if (random.nextLong(remainingRows) >= wanted) {
                    continue;
                }
                wanted--;
                if (!SampledRows.contains(request.getPart(), RowKeys.keyBytesOfRow(heads.key()))) {
                    continue;
                }
                bytes += add(batch, view, heads.key(), request.getWithKeys());
                if (bytes >= BATCH_BYTES) {
                    if (!out.send(batch.build(), timeoutNanos, view::requireOpen)) {
                        return false;
                    }
                    batch.clear();
                    bytes = 0;
                }
            }
        }
        return bytes == 0 || out.send(batch.build(), timeoutNanos, view::requireOpen);
    }

    /** Returns the bytes that the row takes in the batch. */
    private static int add(SampleResponse.Builder batch, RowView view, byte[] row, boolean withKey) {
        ByteString vector = RowReader.requireBody(view, row).getVector();
        batch.addVectors(vector);
        if (withKey) {
            batch.addKeys(RowKeys.keyOfRow(row));
        }
        return vector.size() + (withKey ? row.length : 0);
    }
}
