package io.voronode.client.internal;

import io.voronode.client.internal.HealthCheck.Health;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Watches over the calls that are outstanding at one address, so that a coordinator that fell silent does not hold them until
 * their deadlines.
 *
 * <pre>
 * a call is outstanding for 500 ms -> its coordinator is asked for its health
 *   it says SERVING                -> the call may take its time; asked again after 500 ms
 *   it says NOT_SERVING            -> new calls go elsewhere; outstanding ones may end, as at a coordinator that is
 *                                     shut down, and are ended when it says so for longer than a shut-down takes
 *   it says nothing for 800 ms     -> the others are asked; if one of them serves, all outstanding calls are ended, and new
 *                                     calls go elsewhere; if none does, it is this machine or the network: the calls wait
 * </pre>
 *
 * The times are shorter where requests have a short deadline.
 *
 * <p>Any thread may use it: all state is under its lock, and neither calls nor the listener hear anything under it. While calls
 * are outstanding there is one timer or one question under way, never both. A timer is not cancelled when the last call ends, as
 * that would cost each short call a timer; it finds nothing to do then, and no other follows.
 */
final class Watch implements AutoCloseable {
    /** Above six seconds, where a coordinator that is shut down gives its calls five. */
    private static final int MAX_REFUSALS = 13;

    /**
     * How long silence is borne: both together are what a call loses to a silent coordinator.
     *
     * @param patience how long a call is outstanding before its coordinator is asked, and between two questions
     * @param timeout what a coordinator has for its answer
     */
    record Limits(Duration patience, Duration timeout) {
        private static final Duration MAX_PATIENCE = Duration.ofMillis(500);
        private static final Duration MAX_TIMEOUT = Duration.ofMillis(800);
        /** What a live coordinator may need; a call that has less than this ends by its deadline. */
        private static final Duration MIN_TIMEOUT = Duration.ofMillis(200);

        /** At most half of a request's time, so that the other half is left for the next address. */
        static Limits within(Duration deadline) {
            Duration quarter = deadline.dividedBy(4);
            return new Limits(min(MAX_PATIENCE, quarter), max(MIN_TIMEOUT, min(MAX_TIMEOUT, quarter)));
        }

        private static Duration min(Duration a, Duration b) {
            return a.compareTo(b) < 0 ? a : b;
        }

        private static Duration max(Duration a, Duration b) {
            return a.compareTo(b) < 0 ? b : a;
        }
    }

    /** Told what becomes of the address. */
    interface Listener {
        /** Whether a coordinator at another address says that it serves, which is asked now. */
        CompletableFuture<Boolean> anotherServes();

        /** The coordinator does not answer; its calls are about to be ended. */
        void lost();

        /** The calls have been ended. */
        void left();

        /** The coordinator says that it does not serve. */
        void refused();
    }

    /** A call that is outstanding until it is closed. */
    final class Outstanding implements Transport.Watched {
        private final long sinceNanos = System.nanoTime();
        private final Consumer<Unavailable> end;

        private Outstanding(Consumer<Unavailable> end) {
            this.end = end;
        }

        @Override
        public void close() {
            ended(this);
        }
    }

    private final String address;
    private final Limits limits;
    private final ScheduledExecutorService timer;
    private final Listener listener;
    /** Oldest first. */
    private final Set<Outstanding> calls = new LinkedHashSet<>();

    private boolean scheduled;
    /** Open from the first question until no call is outstanding for long. */
    private @Nullable HealthCheck check;

    private int refusals;
    private boolean closed;

    Watch(String address, Limits limits, ScheduledExecutorService timer, Listener listener) {
        this.address = address;
        this.limits = limits;
        this.timer = timer;
        this.listener = listener;
    }

    /** Watches over a call; the action ends it, on a thread of the client. */
    synchronized Outstanding over(Consumer<Unavailable> end) {
        Outstanding call = new Outstanding(end);
        calls.add(call);
        if (!scheduled && check == null) {
            lookIn(limits.patience().toNanos());
        }
        return call;
    }

    private synchronized void ended(Outstanding call) {
        if (calls.remove(call) && calls.isEmpty()) {
            endCheck();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it reports to the calls
    private void lookIn(long nanos) {
        try {
            timer.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
            scheduled = true;
        } catch (RejectedExecutionException e) {
            // The client was closed, which ends the calls.
            closed = true;
        }
    }

    private void look() {
        HealthCheck asked = checkIfDue();
        if (asked != null) {
            Futures.whenDone(asked.ask(), (health, failure) -> answered(asked, health));
        }
    }

    private synchronized @Nullable HealthCheck checkIfDue() {
        scheduled = false;
        Iterator<Outstanding> oldest = calls.iterator();
        if (closed || !oldest.hasNext()) {
            return null;
        }
        long left = limits.patience().toNanos() - (System.nanoTime() - oldest.next().sinceNanos);
        if (left > 0) {
            endCheck();
            lookIn(left);
            return null;
        }
        if (check == null) {
            check = new HealthCheck(address, limits.timeout());
        }
        return check;
    }

    private void answered(HealthCheck asked, Health health) {
        if (health == Health.SILENT) {
            Futures.whenDone(
                    listener.anotherServes(),
                    (serves, failure) -> conclude(asked, Boolean.TRUE.equals(serves) ? Health.SILENT : Health.SERVING));
        } else {
            conclude(asked, health);
        }
    }

    private void conclude(HealthCheck asked, Health health) {
        List<Outstanding> ended = judge(asked, health);
        if (health == Health.NOT_SERVING) {
            listener.refused();
        } else if (!ended.isEmpty()) {
            listener.lost();
        }
        String reason =
                health == Health.SILENT ? "no answer from " + address : address + " says that it does not serve";
        ended.forEach(call -> call.end.accept(new Unavailable(reason)));
        if (!ended.isEmpty()) {
            listener.left();
        }
    }

    /** The calls to end; none where those for which was asked have ended by themselves. */
    private synchronized List<Outstanding> judge(HealthCheck asked, Health health) {
        if (check != asked) {
            return List.of();
        }
        refusals = health == Health.NOT_SERVING ? refusals + 1 : 0;
        if (health != Health.SILENT && refusals <= MAX_REFUSALS) {
            lookIn(limits.patience().toNanos());
            return List.of();
        }
        List<Outstanding> all = List.copyOf(calls);
        calls.clear();
        endCheck();
        return all;
    }

    private void endCheck() {
        HealthCheck over = check;
        check = null;
        refusals = 0;
        if (over != null) {
            over.close();
        }
    }

    /** Ends the question under way. The calls are not ended. */
    @Override
    public synchronized void close() {
        closed = true;
        endCheck();
    }
}
