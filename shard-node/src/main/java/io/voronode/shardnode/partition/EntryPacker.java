package io.voronode.shardnode.partition;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.WriteBatch;
import io.voronode.proto.internal.v1.WriteOperation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Packs waiting operations into the next entry: at most 256 and at most 1 MB, a key at most once. An operation whose key is already in
 * the entry waits for a later one, together with everything else on that key, so the order per key stays. Owned by the
 * coalescer's thread.
 */
final class EntryPacker {
    static final int MAX_OPERATIONS = 256;
    /** Ratis takes entries of 1 MiB; the difference is for the envelope. */
    static final int MAX_ENTRY_BYTES = (1 << 20) - (16 << 10);

    private static final int REQUEST_BYTES = 64;
    private static final int OPERATION_BYTES = 8;
    private static final int MAX_LOOKED_AT = 4 * MAX_OPERATIONS;

    private final Deque<Queued> waiting = new ArrayDeque<>();

    /** One operation of a request that waits. */
    record Queued(PendingWrite request, int place) {
        WriteOperation operation() {
            return request.operations().getOperations(place);
        }
    }

    /** What goes into one entry: the places of each request's operations. */
    record Packed(Map<PendingWrite, List<Integer>> parts, int operations, long bytes) {
        WriteBatch batch() {
            WriteBatch.Builder batch = WriteBatch.newBuilder();
            parts.forEach((request, places) -> batch.addRequests(part(request.operations(), places)));
            return batch.build();
        }

        private static RequestOperations part(RequestOperations request, List<Integer> places) {
            if (places.size() == request.getOperationsCount()) {
                return request;
            }
            RequestOperations.Builder part = RequestOperations.newBuilder()
                    .setRequestId(request.getRequestId())
                    .setCollectionUuid(request.getCollectionUuid());
            places.forEach(place -> part.addOperations(request.getOperations(place)));
            return part.build();
        }
    }

    private record RowKey(ByteString collection, ByteString key) {}

    /** Whether the operation can be in an entry at all. */
    static boolean fits(WriteOperation operation) {
        return bytes(operation) + REQUEST_BYTES <= MAX_ENTRY_BYTES;
    }

    static long bytes(WriteOperation operation) {
        return operation.getSerializedSize() + (long) OPERATION_BYTES;
    }

    void add(Queued queued) {
        waiting.addLast(queued);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Takes the operations of the next entry out of those that wait; never none while some wait. */
    Packed pack() {
        Map<PendingWrite, List<Integer>> parts = new LinkedHashMap<>();
        Set<RowKey> keys = new HashSet<>();
        Deque<Queued> skipped = new ArrayDeque<>();
        int operations = 0;
        long bytes = 0;
        for (int looked = 0; operations < MAX_OPERATIONS && looked < MAX_LOOKED_AT && !waiting.isEmpty(); looked++) {
            Queued next = waiting.getFirst();
            long size = bytes(next.operation()) + (parts.containsKey(next.request()) ? 0 : REQUEST_BYTES);
            if (bytes + size > MAX_ENTRY_BYTES && operations > 0) {
                break;
            }
            waiting.removeFirst();
            if (keys.add(rowKey(next))) {
                parts.computeIfAbsent(next.request(), _ -> new ArrayList<>()).add(next.place());
                operations++;
                bytes += size;
            } else {
                skipped.addLast(next);
            }
        }
        while (!skipped.isEmpty()) {
            waiting.addFirst(skipped.removeLast());
        }
        return new Packed(parts, operations, bytes);
    }

    private static RowKey rowKey(Queued queued) {
        return new RowKey(
                queued.request().operations().getCollectionUuid(),
                queued.operation().getKeyBytes());
    }

    /** Takes everything out. */
    List<Queued> drain() {
        List<Queued> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }
}
