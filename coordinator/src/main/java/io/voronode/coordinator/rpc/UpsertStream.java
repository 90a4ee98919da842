package io.voronode.coordinator.rpc;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.coordinator.write.PreparedWrite;
import io.voronode.coordinator.write.RecordWriter;
import io.voronode.coordinator.write.Undecided;
import io.voronode.coordinator.write.WriteAnswer;
import io.voronode.coordinator.write.WriteIdentity;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.StreamingUpsertRequest;
import io.voronode.proto.v1.StreamingUpsertResponse;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.Overload;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One StreamingUpsert. At most {@value #WINDOW} batches are taken from the client ahead of their answers: they are validated,
 * embedded and stamped side by side, and sent to the partitions one after the other, so that of two batches with the same key the later
 * wins, and that a record is not written before an older one of its key which the client is to send again ({@link Undecided}); all of that
 * when its turn among the requests of this coordinator comes. The next batch is asked for when one has been answered and
 * the client reads its answers.
 *
 * <p>Nothing of a stream is kept here when it ends: its batches are known to the partitions by the stream's id and their numbers, so that
 * another stream, at any coordinator, goes on for it.
 *
 * <p>Threads: gRPC calls {@link #onNext} and its siblings one at a time and they never block; each batch is prepared on a virtual thread
 * of its own; one more, the sender, owns the answers, the token and what is undecided.
 */
final class UpsertStream implements StreamObserver<StreamingUpsertRequest> {
    private static final int WINDOW = 3;
    private static final long IDLE_SECONDS = 60;
    /** Shorter than clients wait for the answer to a batch, so that they learn why its records were refused. */
    private static final long BATCH_TIME_MS = 20_000;

    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    private final ServerCallStreamObserver<StreamingUpsertResponse> answers;
    private final Handlers handlers;
    private final Images images;
    private final RecordWriter writer;
    private final Context context = Context.current();
    private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(WINDOW + 2);
    private final Semaphore readiness = new Semaphore(0);
    private final Undecided undecided = new Undecided();
    private final Thread sender;
    private final boolean admitted;
    private String collection = "";
    private ByteString streamId = ByteString.EMPTY;
    private long highestSequence;
    private boolean broken;

    /** What the sender takes, in the order in which it came. */
    private sealed interface Item {}

    private record Batch(long sequence, List<String> keys, FutureTask<Named> prepared) implements Item {}

    private record Named(PreparedWrite write, SessionToken nothing) {}

    private record End(@Nullable VoronodeException failure) implements Item {}

    private UpsertStream(
            ServerCallStreamObserver<StreamingUpsertResponse> answers,
            Handlers handlers,
            Images images,
            RecordWriter writer) {
        this.answers = answers;
        this.handlers = handlers;
        this.images = images;
        this.writer = writer;
        this.admitted = handlers.enterStream();
        this.sender = Thread.ofVirtual().name("upsert-stream").unstarted(context.wrap((Runnable) this::send));
    }

    /** Begins to serve a stream; called by the thread that accepts the call. */
    static StreamObserver<StreamingUpsertRequest> open(
            ServerCallStreamObserver<StreamingUpsertResponse> answers,
            Handlers handlers,
            Images images,
            RecordWriter writer) {
        UpsertStream stream = new UpsertStream(answers, handlers, images, writer);
        answers.setOnReadyHandler(stream.readiness::release);
        answers.setOnCancelHandler(stream.sender::interrupt);
        answers.disableAutoRequest();
        answers.request(WINDOW);
        if (!stream.admitted) {
            stream.end(new Overload(
                    handlers.mostStreams() + " streams of upserts are open here, the most there may be", RETRY_DELAY));
        }
        stream.sender.start();
        return stream;
    }

    @Override
    public void onNext(StreamingUpsertRequest request) {
        if (broken) {
            return;
        }
        try {
            take(request);
        } catch (BadInput e) {
            end(e);
        }
    }

    private void take(StreamingUpsertRequest request) {
        long sequence = request.getSequence();
        if (highestSequence == 0) {
            collection = request.getCollection();
            streamId = WriteIdentity.streamId(request.getStreamId());
        }
        requireNewOrRepeated(sequence, request.getOrdinalsCount() > 0);
        highestSequence = Math.max(highestSequence, sequence);
        WriteIdentity identity = WriteIdentity.ofBatch(streamId, sequence, request.getOrdinalsList());
        FutureTask<Named> prepared =
                new FutureTask<>(context.wrap(() -> handlers.part(BATCH_TIME_MS, () -> prepare(request, identity))));
        Thread.ofVirtual().name("upsert-stream-prepare").start(prepared);
        List<String> keys =
                request.getRecordsList().stream().map(Record::getKey).toList();
        items.add(new Batch(sequence, keys, prepared));
    }

    /** A client that does not count would have its second batch taken for the first one again, and lost. */
    private void requireNewOrRepeated(long sequence, boolean withOrdinals) {
        if (sequence <= 0) {
            throw new BadInput("sequence " + Long.toUnsignedString(sequence) + " is not in 1.." + Long.MAX_VALUE);
        }
        if (sequence <= highestSequence && !withOrdinals) {
            throw new BadInput("sequence " + sequence + " after " + highestSequence
                    + " without ordinals: a new batch takes the next number, a repeated one says its ordinals");
        }
    }

    private Named prepare(StreamingUpsertRequest request, WriteIdentity identity) {
        CollectionImage image = images.collection(collection);
        PreparedWrite write = writer.prepareUpserts(image, request.getRecordsList(), identity);
        return new Named(write, SessionToken.empty(image.spec().getUuid()));
    }

    @Override
    public void onError(Throwable error) {
        sender.interrupt();
    }

    @Override
    public void onCompleted() {
        if (!broken) {
            end(null);
        }
    }

    private void end(@Nullable VoronodeException failure) {
        broken = true;
        items.add(new End(failure));
    }

    private void send() {
        try {
            sendAll();
            answers.onCompleted();
        } catch (InterruptedException e) {
            // The client has gone: there is nobody to answer, and what was sent may or may not be applied.
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            answers.onError(handlers.status(e));
        } finally {
            if (admitted) {
                handlers.leaveStream();
            }
        }
    }

    private void sendAll() throws InterruptedException {
        SessionToken token = null;
        while (true) {
            Item item = items.poll(IDLE_SECONDS, TimeUnit.SECONDS);
            switch (item) {
                case null -> throw new DeadlineExceeded("no batch came for " + IDLE_SECONDS + " seconds");
                case End end -> {
                    if (end.failure() != null) {
                        throw end.failure();
                    }
                    return;
                }
                case Batch batch -> token = send(batch, token);
            }
        }
    }

    private SessionToken send(Batch batch, @Nullable SessionToken before) throws InterruptedException {
        handlers.requireOpen();
        Named prepared = prepared(batch);
        SessionToken token = before == null ? prepared.nothing() : before;
        Map<String, String> unwritten = undecided.before(batch.sequence(), batch.keys());
        WriteAnswer answer = handlers.part(BATCH_TIME_MS, () -> writer.send(prepared.write(), unwritten, token));
        undecided.answered(batch.sequence(), batch.keys(), answer.results());
        awaitReady();
        answers.onNext(StreamingUpsertResponse.newBuilder()
                .setSequence(batch.sequence())
                .addAllResults(answer.results())
                .setSessionToken(answer.token().encode())
                .build());
        answers.request(1);
        return answer.token();
    }

    private static Named prepared(Batch batch) throws InterruptedException {
        try {
            return batch.prepared().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("a batch could not be prepared", e.getCause());
        }
    }

    private void awaitReady() throws InterruptedException {
        while (!answers.isReady()) {
            if (!readiness.tryAcquire(IDLE_SECONDS, TimeUnit.SECONDS)) {
                throw new Unavailable("the client has not read its answers for " + IDLE_SECONDS + " seconds");
            }
        }
    }
}
