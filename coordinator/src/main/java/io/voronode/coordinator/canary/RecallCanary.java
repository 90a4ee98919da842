package io.voronode.coordinator.canary;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.voronode.coordinator.canary.RecallWindow.Observation;
import io.voronode.coordinator.canary.RecallWindow.Plan;
import io.voronode.coordinator.gather.ScanTrace;
import io.voronode.coordinator.gather.SearchAnswer;
import io.voronode.coordinator.image.BlobCache;
import io.voronode.coordinator.image.GenerationImage;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.v1.Hit;
import io.voronode.proto.v1.SearchParams;
import io.voronode.wire.VoronodeException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures what live searches find. A small share of those that were answered in full is done once more behind the user's back: over all
 * cells and by the vectors themselves, or where that would be too much, over eight times the cells ({@link Shadow}). The share of what
 * that finds that the answer had is the search's recall.
 *
 * <p>Calibration searches for rows; queries of users may lie elsewhere. So when searches of a collection find less on average than its
 * calibration promises ({@link RecallWindow}), the canary begins to collect their queries ({@link LiveQueries}), and has the generation
 * calibrated anew with these.
 *
 * <p>Concurrency: any thread tells of answers and asks for figures. Shadow searches run on the executor, one at a time, and take a hundredth of
 * the time at most ({@link ShadowBudget}); one that finds no turn is skipped. What goes wrong in one is counted and disturbs nobody.
 *
 * <p>Memory: a few kilobytes for each collection that is searched, and queries of {@value #MAX_COLLECTED} collections at a time.
 */
public final class RecallCanary implements AutoCloseable {
    public static final double DEFAULT_SHARE = 0.001;

    private static final Logger LOG = LoggerFactory.getLogger(RecallCanary.class);
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final long ASK_PAUSE_NANOS = Duration.ofMinutes(1).toNanos();
    /** Collections whose queries are collected at a time, a few megabytes each. */
    private static final int MAX_COLLECTED = 16;

    private final double share;
    private final ShadowSearch search;
    private final Recalibrator recalibrator;
    private final Surroundings surroundings;
    private final ShadowBudget budget;
    private final Map<ByteString, Watched> collections = new ConcurrentHashMap<>();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong skipped = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong recalibrations = new AtomicLong();
    private final Context.CancellableContext life = Context.ROOT.withCancellation();
    private final ScheduledThreadPoolExecutor deadlines = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("coordinator-canary-deadline").factory());

    /**
     * Where and when a canary runs.
     *
     * @param executor of shadow searches
     * @param coordinators how many there are now, this one included
     * @param nanos a clock that only moves forward
     * @param random uniform numbers, at least 0 and less than 1; any thread asks
     */
    public record Surroundings(
            Executor executor, IntSupplier coordinators, LongSupplier nanos, DoubleSupplier random) {}

    /** What is known of one collection. The one shadow search that runs changes it. */
    private static final class Watched {
        private final RecallWindow window = new RecallWindow();
        /** While searches find too little. */
        private volatile @Nullable LiveQueries queries;
        /** When a new calibration was last asked for. */
        private OptionalLong askedNanos = OptionalLong.empty();

        boolean mayAsk(long nowNanos) {
            if (askedNanos.isPresent() && nowNanos - askedNanos.getAsLong() < ASK_PAUSE_NANOS) {
                return false;
            }
            askedNanos = OptionalLong.of(nowNanos);
            return true;
        }
    }

    /**
     * A canary.
     *
     * @param share of the searches that get a shadow, 0 to 1; 0: none, and nothing is kept
     */
    public RecallCanary(double share, ShadowSearch search, Recalibrator recalibrator, Surroundings surroundings) {
        this.share = share;
        this.search = search;
        this.recalibrator = recalibrator;
        this.surroundings = surroundings;
        this.budget = new ShadowBudget(surroundings.coordinators());
        deadlines.setRemoveOnCancelPolicy(true);
    }

    /** Tells of searches that have been answered, all in the same way. At most one of them gets a shadow. Never throws. */
    public void answered(SearchAnswer answer, SearchParams params) {
        if (share == 0) {
            return;
        }
        int queries = answer.traces().size();
        int chosen = (int) (random() * queries);
        ScanTrace trace = answer.traces().get(chosen);
        if (!params.hasFilter()) {
            collect(trace);
        }
        boolean complete = answer.results().get(chosen).getCoverage().getShare() >= 1;
        if (random() < share * queries && complete && !trace.exact()) {
            begin(Shadow.of(answer, chosen, params));
        }
    }

    private double random() {
        return surroundings.random().getAsDouble();
    }

    private void collect(ScanTrace trace) {
        Watched watched = collections.get(uuid(trace));
        LiveQueries queries = watched == null ? null : watched.queries;
        if (queries != null) {
            queries.add(trace.vector());
        }
    }

    private static ByteString uuid(ScanTrace trace) {
        return trace.collection().spec().getUuid();
    }

    private void begin(Shadow shadow) {
        if (!budget.begin(now())) {
            skipped.incrementAndGet();
            return;
        }
        try {
            surroundings.executor().execute(() -> run(shadow));
        } catch (RejectedExecutionException e) {
            budget.end(now());
            fail(e);
        }
    }

    private long now() {
        return surroundings.nanos().getAsLong();
    }

    private void run(Shadow shadow) {
        try {
            List<Hit> truth = truth(shadow);
            done.incrementAndGet();
            if (!truth.isEmpty()) {
                observe(shadow, ShadowRecall.of(shadow.hits(), truth));
            }
        } catch (RuntimeException e) {
            fail(e);
        } finally {
            budget.end(now());
        }
    }

    private void fail(RuntimeException why) {
        failed.incrementAndGet();
        LOG.debug("a canary failed", why);
    }

    /** Not in the context of the search that was answered: that one is over. */
    private List<Hit> truth(Shadow shadow) {
        Context.CancellableContext context =
                life.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS, deadlines);
        Context before = context.attach();
        try {
            return search.search(shadow.trace().collection(), List.of(shadow.query()), shadow.params())
                    .results()
                    .getFirst()
                    .getHitsList();
        } finally {
            context.detach(before);
            context.cancel(null);
        }
    }

    private void observe(Shadow shadow, double recall) {
        Watched watched = collections.computeIfAbsent(uuid(shadow.trace()), uuid -> new Watched());
        Plan plan = plan(shadow.trace().collection().servingGeneration());
        watched.window.add(plan, new Observation(recall, shadow.target(), shadow.promised()));
        OptionalDouble drift = watched.window.drift();
        LiveQueries queries = watched.queries;
        if (drift.isEmpty()) {
            watched.queries = null;
        } else if (queries == null) {
            beginToCollect(watched, shadow.trace().vector().length);
        } else if (queries.areEnough() && watched.mayAsk(now())) {
            recalibrate(shadow.trace().collection().spec(), plan, drift.getAsDouble(), queries.vectors());
        }
    }

    private void beginToCollect(Watched watched, int dimension) {
        long collected = collections.values().stream()
                .filter(other -> other.queries != null)
                .count();
        if (collected < MAX_COLLECTED) {
            watched.queries = new LiveQueries(dimension, surroundings.random());
        }
    }

    /** The digest of the calibration that was used: the tree may name a newer one that is still on its way. */
    private static Plan plan(GenerationImage generation) {
        ProbeCalibration calibration = generation.calibration();
        return new Plan(
                generation.node().getGeneration(),
                calibration == null ? ByteString.EMPTY : BlobCache.digestOf(calibration.encode()));
    }

    private void recalibrate(CollectionSpec spec, Plan plan, double drift, List<float[]> queries) {
        String what = String.format(
                Locale.ROOT,
                "searches of collection \"%s\" find %.3f less than promised on average",
                spec.getName(),
                drift);
        try {
            boolean accepted =
                    recalibrator.recalibrate(spec.getUuid(), plan.generation(), plan.calibrationDigest(), queries);
            recalibrations.addAndGet(accepted ? 1 : 0);
            LOG.info("{}; a new calibration {}", what, accepted ? "is asked for" : "has to wait");
        } catch (VoronodeException e) {
            LOG.warn("{}; a new calibration cannot be asked for: {}", what, e.getMessage());
        }
    }

    /** Forgets all other collections. */
    public void retain(Collection<ByteString> uuids) {
        collections.keySet().retainAll(uuids);
    }

    /** The mean recall of the last canaries of a collection; NaN where there are none. */
    public double meanRecall(ByteString collectionUuid) {
        Watched watched = collections.get(collectionUuid);
        return watched == null ? Double.NaN : watched.window.meanRecall();
    }

    /** The mean of recall less target, over those of the last canaries that had one; NaN where there are none. */
    public double meanExcess(ByteString collectionUuid) {
        Watched watched = collections.get(collectionUuid);
        return watched == null ? Double.NaN : watched.window.meanExcess();
    }

    /** Shadow searches that were answered. */
    public long done() {
        return done.get();
    }

    /** Searches that were to get a shadow when there was no time for one. */
    public long skipped() {
        return skipped.get();
    }

    /** Shadow searches that failed. */
    public long failed() {
        return failed.get();
    }

    /** New calibrations that were asked for, and that the controller will make. */
    public long recalibrations() {
        return recalibrations.get();
    }

    /** Breaks off the shadow search that runs; does not wait for it. */
    @Override
    public void close() {
        life.cancel(null);
        deadlines.shutdownNow();
    }
}
