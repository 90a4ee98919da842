package io.voronode.client.internal;

import com.google.protobuf.ByteString;
import io.voronode.client.WriteResult;
import io.voronode.proto.v1.Record;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Some records of a bulk upsert and what became of them. Owned by the thread of its {@link BulkUpsert}. */
final class BulkBatch {
    /** Small enough for a steady progress, large enough to keep the embedding model busy. */
    static final int MAX_RECORDS = 256;

    static final int MAX_BYTES = 1 << 20;

    private final List<Record> records;
    private final @Nullable WriteResult[] results;
    private List<Integer> sent = List.of();
    /** What was sent last, whether or not it was answered, under which id. */
    private List<Integer> lastSent = List.of();

    private ByteString requestId = ByteString.EMPTY;
    private boolean attempted;

    private BulkBatch(List<Record> records) {
        this.records = records;
        this.results = records.stream().map(BulkBatch::refusal).toArray(WriteResult[]::new);
    }

    /** Takes the next records; there is at least one. */
    static BulkBatch from(Iterator<Record> source) {
        List<Record> records = new ArrayList<>();
        long bytes = 0;
        while (source.hasNext() && records.size() < MAX_RECORDS && bytes < MAX_BYTES) {
            Record next = source.next();
            records.add(next);
            bytes += next.getSerializedSize();
        }
        return new BulkBatch(records);
    }

    private static @Nullable WriteResult refusal(Record record) {
        return record.getSerializedSize() > Batches.MAX_RECORD_BYTES ? RecordMapper.oversize(record) : null;
    }

    /** Whether records of it wait for being sent. */
    boolean waiting() {
        return sent.isEmpty() && !done();
    }

    boolean done() {
        return Arrays.stream(results).allMatch(result -> result != null);
    }

    /** The records without a result, which are now on their way. */
    List<Record> send() {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < results.length; i++) {
            if (results[i] == null) {
                places.add(i);
            }
        }
        if (!places.equals(lastSent)) {
            requestId = RequestIds.next();
        }
        sent = places;
        lastSent = places;
        attempted = true;
        return places.stream().map(records::get).toList();
    }

    /** Of what was sent: the same as the last time where the same records are sent again, so that the server writes them once. */
    ByteString requestId() {
        return requestId;
    }

    int sentCount() {
        return sent.size();
    }

    /** The stream broke: what was on its way is to be sent again. */
    void lost() {
        sent = List.of();
    }

    /**
     * Takes the answer for what was sent: results that may become better are dropped, so that their records are sent again,
     * unless the time for that is over or a newer record of the key is on its way.
     *
     * @return whether every record has its result
     */
    boolean answered(List<WriteResult> answer, Set<String> newerKeys, boolean mayRetry) {
        for (int i = 0; i < sent.size(); i++) {
            WriteResult result = answer.get(i);
            boolean again = mayRetry && result.status().retryable() && !newerKeys.contains(result.key());
            results[sent.get(i)] = again ? null : result;
        }
        sent = List.of();
        // What is sent from here on is a new wish, also if it is for the same records.
        lastSent = List.of();
        return done();
    }

    /** The key of the i-th record that was sent. */
    String sentKey(int i) {
        return records.get(sent.get(i)).getKey();
    }

    /** The keys that the server may have seen in this batch. */
    Set<String> attemptedKeys() {
        Set<String> keys = new HashSet<>();
        if (attempted) {
            records.forEach(record -> keys.add(record.getKey()));
        }
        return keys;
    }

    /** One per record, in order; only when {@link #done()}. */
    List<WriteResult> results() {
        List<WriteResult> all = new ArrayList<>(results.length);
        for (WriteResult result : results) {
            all.add(Objects.requireNonNull(result, "the batch is done"));
        }
        return all;
    }
}
