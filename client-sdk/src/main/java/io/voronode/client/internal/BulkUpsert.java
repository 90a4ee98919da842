package io.voronode.client.internal;

import com.google.protobuf.ByteString;
import io.voronode.client.RecordStatus;
import io.voronode.client.UpsertListener;
import io.voronode.client.UpsertSummary;
import io.voronode.client.VectorRecord;
import io.voronode.client.WriteResult;
import io.voronode.client.internal.UpsertStream.Event;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordResult;
import io.voronode.proto.v1.StreamingUpsertResponse;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Bug;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Writes any number of records over a stream. The thread that calls {@link #run()} owns everything here: it reads batches from
 * the source, sends them in order while the transport takes them and at most {@value #WINDOW} are open, and hands the answers to
 * the listener in the order of the records.
 *
 * <p>For a broken stream another one goes on under the same id, at the next address where there is one: the unanswered batches are
 * sent once more with their numbers, and the server applies what it had not yet applied.
 * Records that the server could not write for the moment are sent again as well, before anything newer: until then the server keeps back
 * what follows of their keys, so that a late attempt never lands on a newer record. Both end when there was no progress for the client's retry
 * time, the oldest batch first; a server that says nothing at all for the client's deadline counts as a broken stream, and so does, much earlier, one that is not even
 * alive where there is another address.
 */
final class BulkUpsert {
    private static final int WINDOW = 4;

    private final Transport transport;
    private final Sessions sessions;
    private final String collection;
    private final Iterator<Record> source;
    private final UpsertListener listener;
    private final ByteString streamId = RequestIds.next();
    /** Read from the source and not yet told to the listener; oldest first. */
    private final Deque<BulkBatch> open = new ArrayDeque<>();
    /** Sent on the present stream and not yet answered, in the order in which they were sent. */
    private final Deque<BulkBatch> onTheirWay = new ArrayDeque<>();

    private @Nullable UpsertStream stream;
    private long batches;
    private int failures;
    private long failingSinceNanos;
    private ByteString lastToken = ByteString.EMPTY;
    private long written;
    private long superseded;
    private long failed;

    BulkUpsert(
            Transport transport,
            Sessions sessions,
            String collection,
            Iterator<VectorRecord> records,
            UpsertListener listener) {
        this.transport = transport;
        this.sessions = sessions;
        this.collection = collection;
        this.source = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return records.hasNext();
            }

            @Override
            public Record next() {
                return RecordMapper.record(records.next());
            }
        };
        this.listener = listener;
    }

    UpsertSummary run() {
        try {
            while (step()) {}
            finishStream();
            return new UpsertSummary(written, superseded, failed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("the upsert was interrupted after " + written + " records", e);
        } finally {
            closeStream();
        }
    }

    /** Does what can be done now, then waits for an event. False when all is answered. */
    private boolean step() throws InterruptedException {
        deliver();
        boolean exhausted = !fill();
        if (open.isEmpty() && exhausted) {
            return false;
        }
        send();
        if (!exhausted && open.size() < WINDOW && onTheirWay.size() == open.size()) {
            return true;
        }
        await();
        return true;
    }

    private void deliver() {
        for (BulkBatch first = open.peek(); first != null && first.done(); first = open.peek()) {
            open.remove();
            List<WriteResult> results = first.results();
            results.forEach(this::count);
            listener.answered(results);
        }
    }

    private void count(WriteResult result) {
        if (result.status() == RecordStatus.OK) {
            written++;
        } else if (result.status() == RecordStatus.SUPERSEDED) {
            superseded++;
        } else {
            failed++;
        }
    }

    /** Opens one more batch where there is room. False when the source has no more. */
    private boolean fill() {
        if (open.size() == WINDOW) {
            return true;
        }
        if (!source.hasNext()) {
            return false;
        }
        open.add(BulkBatch.from(++batches, source));
        return true;
    }

    /** In order only: a record that is sent again must not overtake a newer one. */
    private void send() {
        for (BulkBatch batch : open) {
            if (batch.waiting()) {
                UpsertStream target = stream();
                if (!target.ready()) {
                    return;
                }
                target.send(batch.send());
                onTheirWay.add(batch);
            }
        }
    }

    private UpsertStream stream() {
        UpsertStream current = stream;
        if (current == null) {
            current = new UpsertStream(transport, collection, streamId);
            stream = current;
        }
        return current;
    }

    private void await() throws InterruptedException {
        if (open.stream().allMatch(BulkBatch::done)) {
            return;
        }
        UpsertStream current = stream();
        Event event = current.next(transport.config().deadline());
        if (event == null) {
            broke(
                    current,
                    new DeadlineExceeded(current.address() + " has not answered a batch within "
                            + transport.config().deadline().toMillis() + " ms"));
        } else if (event instanceof Event.Answered answered) {
            answered(current, answered.response());
        } else if (event instanceof Event.Closed closed) {
            VoronodeException error = closed.error();
            broke(current, error != null ? error : new Unavailable(current.address() + " closed the stream"));
        }
    }

    private void answered(UpsertStream current, StreamingUpsertResponse response) throws InterruptedException {
        transport.endpoints().worked(current.address());
        BulkBatch batch = onTheirWay.remove();
        if (response.getSequence() != batch.sequence()) {
            throw new Bug(
                    "the server answered batch " + response.getSequence() + " where " + batch.sequence() + " was next",
                    null);
        }
        if (response.getResultsCount() != batch.sentCount()) {
            throw new Bug(
                    "the server answered " + response.getResultsCount() + " results for a batch of "
                            + batch.sentCount(),
                    null);
        }
        sessions.saw(collection, lastToken, response.getSessionToken());
        lastToken = response.getSessionToken();
        List<WriteResult> results = results(batch, response.getResultsList());
        // The server keeps a newer record of a key back until the older one is written or given up: so it never is the
        // first to go.
        boolean waitsForOlder = batch != open.peek();
        if (batch.answered(results, waitsForOlder || mayRetryIn(Duration.ZERO))) {
            failures = 0;
            if (results.stream().anyMatch(result -> result.status().retryable())) {
                // Given up: this stream would keep back all that follows of these keys.
                leaveStream();
            }
        } else {
            failed();
            Thread.sleep(Backoff.after(failures, response.getResultsList(), ThreadLocalRandom.current())
                    .toMillis());
        }
    }

    /** What was on its way is to be sent on another one. */
    private void leaveStream() {
        closeStream();
        onTheirWay.forEach(BulkBatch::lost);
        onTheirWay.clear();
    }

    private static List<WriteResult> results(BulkBatch batch, List<RecordResult> messages) {
        List<WriteResult> results = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            results.add(RecordMapper.result(batch.sentKey(i), messages.get(i)));
        }
        return results;
    }

    private void failed() {
        if (failures == 0) {
            failingSinceNanos = System.nanoTime();
        }
        failures++;
    }

    private boolean mayRetryIn(Duration delay) {
        long waited = failures == 0 ? 0 : System.nanoTime() + delay.toNanos() - failingSinceNanos;
        return waited < transport.config().retryFor().toNanos();
    }

    private void broke(UpsertStream broken, VoronodeException error) throws InterruptedException {
        leaveStream();
        failed();
        Duration delay = Backoff.after(failures, error, ThreadLocalRandom.current());
        if (!error.retryable() || !mayRetryIn(delay)) {
            throw error;
        }
        transport.failed(broken.address());
        if (transport.endpoints().current().equals(broken.address())) {
            transport.reconnect(broken.address());
        }
        Thread.sleep(delay.toMillis());
    }

    private void finishStream() {
        UpsertStream current = stream;
        stream = null;
        if (current != null) {
            current.finish();
        }
    }

    private void closeStream() {
        UpsertStream current = stream;
        stream = null;
        lastToken = ByteString.EMPTY;
        if (current != null) {
            current.close();
        }
    }
}
