package io.voronode.client.internal;

import io.voronode.client.WriteResult;
import io.voronode.proto.v1.Record;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Some records of a bulk upsert and what became of them. Its number and the places of its records stay the same however often they
 * are sent, and on whichever stream: by these the server writes each record once. Owned by the thread of its {@link BulkUpsert}.
 */
final class BulkBatch {
    /** Small enough for a steady progress, large enough to keep the embedding model busy. */
    static final int MAX_RECORDS = 256;

    static final int MAX_BYTES = 1 << 20;

    private final long sequence;
    private final List<Record> records;
    private final @Nullable WriteResult[] results;
    private List<Integer> sent = List.of();
    private boolean attempted;

    /** What goes onto the stream. */
    record Part(long sequence, List<Integer> ordinals, List<Record> records) {}

    private BulkBatch(long sequence, List<Record> records) {
        this.sequence = sequence;
        this.records = records;
        this.results = records.stream().map(BulkBatch::refusal).toArray(WriteResult[]::new);
    }

    /**
     * Takes the next records; there is at least one.
     *
     * @param sequence its number: 1 for the first batch, then one more for each
     */
    static BulkBatch from(long sequence, Iterator<Record> source) {
        List<Record> records = new ArrayList<>();
        long bytes = 0;
        while (source.hasNext() && records.size() < MAX_RECORDS && bytes < MAX_BYTES) {
            Record next = source.next();
            records.add(next);
            bytes += next.getSerializedSize();
        }
        return new BulkBatch(sequence, records);
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
    Part send() {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < results.length; i++) {
            if (results[i] == null) {
                places.add(i);
            }
        }
        // Without ordinals a server takes it for a new batch, and refuses it where it had this number already.
        boolean wholeAndNew = !attempted && places.size() == records.size();
        sent = places;
        attempted = true;
        return new Part(
                sequence,
                wholeAndNew ? List.of() : places,
                places.stream().map(records::get).toList());
    }

    long sequence() {
        return sequence;
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
     * unless the time for that is over.
     *
     * @return whether every record has its result
     */
    boolean answered(List<WriteResult> answer, boolean mayRetry) {
        for (int i = 0; i < sent.size(); i++) {
            WriteResult result = answer.get(i);
            boolean again = mayRetry && result.status().retryable();
            results[sent.get(i)] = again ? null : result;
        }
        sent = List.of();
        return done();
    }

    /** The key of the i-th record that was sent. */
    String sentKey(int i) {
        return records.get(sent.get(i)).getKey();
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
