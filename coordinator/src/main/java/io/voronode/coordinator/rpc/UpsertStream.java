package io.voronode.coordinator.rpc;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.coordinator.write.PreparedWrite;
import io.voronode.coordinator.write.RecordWriter;
import io.voronode.coordinator.write.WriteAnswer;
import io.voronode.proto.v1.StreamingUpsertRequest;
import io.voronode.proto.v1.StreamingUpsertResponse;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.Unavailable;
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
 * wins. The next batch is asked for when one has been answered and the client reads its answers.
 *
 * <p>Threads: gRPC calls {@link #onNext} and its siblings one at a time and they never block; each batch is prepared on a virtual thread
 * of its own; one more, the sender, owns the answers and the token.
 */
final class UpsertStream implements StreamObserver<StreamingUpsertRequest> {
    private static final int WINDOW = 3;
    private static final long IDLE_SECONDS = 60;
    /** Shorter than clients wait for the answer to a batch, so that they learn why its records were refused. */
    private static final long BATCH_TIME_MS = 20_000;

    private final ServerCallStreamObserver<StreamingUpsertResponse> answers;
    private final Handlers handlers;
    private final Images images;
    private final RecordWriter writer;
    private final Context context = Context.current();
    private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(WINDOW + 2);
    private final Semaphore readiness = new Semaphore(0);
    private final Thread sender;
    private String collection = "";
    private long lastSequence;
    private boolean broken;

    /** What the sender takes, in the order in which it came. */
    private sealed interface Item {}

    private record Batch(long sequence, FutureTask<Named> prepared) implements Item {}

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
        stream.sender.start();
        return stream;
    }

    @Override
    public void onNext(StreamingUpsertRequest request) {
        if (broken) {
            return;
        }
        if (request.getSequence() != lastSequence + 1) {
            end(new BadInput("sequence " + Long.toUnsignedString(request.getSequence()) + " does not follow "
                    + Long.toUnsignedString(lastSequence)));
            return;
        }
        if (lastSequence == 0) {
            collection = request.getCollection();
        }
        lastSequence = request.getSequence();
        FutureTask<Named> prepared = new FutureTask<>(context.wrap(() -> prepare(request)));
        Thread.ofVirtual().name("upsert-stream-prepare").start(prepared);
        items.add(new Batch(lastSequence, prepared));
    }

    private Named prepare(StreamingUpsertRequest request) {
        CollectionImage image = images.collection(collection);
        PreparedWrite write = writer.prepareUpserts(image, request.getRecordsList(), request.getRequestId());
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
        WriteAnswer answer = handlers.part(BATCH_TIME_MS, () -> writer.send(prepared.write(), false, token));
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
