package io.voronode.coordinator.rpc;

import com.google.protobuf.MessageLite;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Bug;
import io.voronode.wire.VoronodeException.TooLarge;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * What every handler needs: a deadline, admission, and errors as statuses. A call without a deadline of its own gets one: a minute
 * for writes, ten seconds for reads. The work ends a little before the client's deadline, so that what could be done by then is still
 * told. Streams are bounded in number, and their parts take half of the places at most: they wait as long as it takes, because a stream
 * that is refused in the middle sends again what has been done for it.
 */
final class Handlers implements AutoCloseable {
    static final long WRITE_TIME_MS = 60_000;
    static final long READ_TIME_MS = 10_000;

    private static final long LONGEST_MARGIN_MS = 250;
    /** Each may hold some batches of 16 MiB. */
    private static final int MOST_STREAMS = 512;

    private final Admission admission;
    private final Admission parts;
    private final int mostStreams;
    private final Semaphore streams;
    private final RateLimitedLog bugs =
            new RateLimitedLog(LoggerFactory.getLogger(Handlers.class), Duration.ofSeconds(10));
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("coordinator-deadlines").factory());

    private volatile boolean closing;

    Handlers(int running) {
        this.admission = new Admission(running);
        this.parts = new Admission(Math.max(1, running / 2));
        this.mostStreams = Math.min(running, MOST_STREAMS);
        this.streams = new Semaphore(mostStreams);
        // Calls cancel their deadlines when they end; those would stay here until their time, a minute of calls at
        // once.
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Serves a call with one answer on the calling thread. */
    <R extends MessageLite> void unary(StreamObserver<R> observer, long defaultMs, Supplier<R> work) {
        unary(observer, defaultMs, work, answer -> answer, answer -> {});
    }

    /**
     * As {@link #unary(StreamObserver, long, Supplier)}.
     *
     * @param message what the client is told of the outcome of the work; it may wait, the turn of the work is over by then
     * @param after told of the outcome when the answer has been sent; must not throw
     */
    <A, R extends MessageLite> void unary(
            StreamObserver<R> observer, long defaultMs, Supplier<A> work, Function<A, R> message, Consumer<A> after) {
        Told<A, R> told;
        if (observer instanceof ServerCallStreamObserver<R> call) {
            // Without a handler an answer to a client that has gone would throw.
            call.setOnCancelHandler(() -> {});
        }
        try {
            told = within(deadline(defaultMs), () -> {
                A outcome = admission.admit(work);
                return new Told<>(outcome, message.apply(outcome));
            });
            requireFits(told.message());
            observer.onNext(told.message());
            observer.onCompleted();
        } catch (RuntimeException e) {
            observer.onError(status(e));
            return;
        }
        after.accept(told.outcome());
    }

    private record Told<A, R>(A outcome, R message) {}

    /**
     * Does a part of a streaming call when its turn comes, and from then on within its own time: a client that gives a stream an hour
     * does not give it to every batch.
     */
    <R> R part(long timeMs, Supplier<R> work) {
        return parts.admitPatiently(() -> admission.admitPatiently(() -> within(partDeadline(timeMs), work)));
    }

    /** Streams of writes that may be open at a time. */
    int mostStreams() {
        return mostStreams;
    }

    /** Whether there is room for one more stream of writes; then {@link #leaveStream} is to be called at its end. */
    boolean enterStream() {
        return streams.tryAcquire();
    }

    void leaveStream() {
        streams.release();
    }

    /**
     * What a streaming call asks before each of its parts: a long stream must not hold up the end of the server, and its client
     * sends what is not answered again.
     *
     * @throws Unavailable if the server is closing
     */
    void requireOpen() {
        if (closing) {
            throw new Unavailable("the coordinator is closing");
        }
    }

    /** Ends streaming calls at their next part. */
    void endStreams() {
        closing = true;
    }

    private <R> R within(Deadline deadline, Supplier<R> work) {
        Context.CancellableContext context = Context.current().withDeadline(deadline, timer);
        Context before = context.attach();
        try {
            return work.get();
        } finally {
            context.detach(before);
            context.cancel(null);
        }
    }

    private static Deadline deadline(long defaultMs) {
        Deadline client = Context.current().getDeadline();
        return client == null ? Deadline.after(defaultMs, TimeUnit.MILLISECONDS) : withMargin(client);
    }

    private static Deadline partDeadline(long timeMs) {
        Deadline own = Deadline.after(timeMs, TimeUnit.MILLISECONDS);
        Deadline client = Context.current().getDeadline();
        return client == null ? own : own.minimum(withMargin(client));
    }

    private static Deadline withMargin(Deadline client) {
        long margin = Math.clamp(client.timeRemaining(TimeUnit.MILLISECONDS) / 10, 0, LONGEST_MARGIN_MS);
        return client.offset(-margin, TimeUnit.MILLISECONDS);
    }

    private static void requireFits(MessageLite answer) {
        if (answer.getSerializedSize() > Channels.MAX_MESSAGE_BYTES) {
            throw new TooLarge("the answer of " + answer.getSerializedSize() + " bytes exceeds the limit of "
                    + Channels.MAX_MESSAGE_BYTES + " bytes a message: ask for less at a time");
        }
    }

    /** The status of an error; a bug is logged. */
    StatusRuntimeException status(Throwable error) {
        boolean known = error instanceof VoronodeException || error instanceof StatusRuntimeException;
        if (!known || error instanceof Bug) {
            bugs.warn("a request met a bug", error);
        }
        return Statuses.toGrpc(error);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
