package io.voronode.shardnode.rpc;

import com.google.protobuf.util.Durations;
import io.grpc.Context;
import io.voronode.engine.search.CellQuery;
import io.voronode.engine.search.ScanCounters;
import io.voronode.engine.search.TopHits;
import io.voronode.proto.internal.v1.ProbeResult;
import io.voronode.proto.internal.v1.QueryVector;
import io.voronode.proto.internal.v1.SearchRequest;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.internal.v1.ShardProbe;
import io.voronode.shardnode.shard.PayloadRoom;
import io.voronode.shardnode.shard.PublishedIndex;
import io.voronode.shardnode.shard.ShardReplica;
import io.voronode.shardnode.shard.filter.PayloadFilter;
import io.voronode.wire.VectorBytes;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scans of one Search call. One or more scan threads run {@link #work} and take probes from a common counter; whoever ends the last one of a
 * query has its {@link NearestHits} read. The thread of the call waits for all in {@link #awaitResponse}. After that nothing touches the targets.
 */
final class ShardSearch {
    private static final Logger LOG = LoggerFactory.getLogger(ShardSearch.class);
    /** Half of a message: the other is for the keys. */
    private static final long PAYLOAD_BYTES = 8 << 20;

    /** Of the thread that made this. */
    private final Context call = Context.current();

    private final SearchRequest request;
    private final SearchTargets targets;
    private final BooleanSupplier cancelled;
    private final ScanListener listener;
    private final PayloadRoom payloads;
    private final float epsilon;
    private final int ef;
    private final @Nullable PayloadFilter filter;
    private final List<float[]> queries = new ArrayList<>();
    private final AtomicInteger nextProbe = new AtomicInteger();
    /** One per probe. */
    private final List<ProbeScan> scans = new ArrayList<>();
    /** The same by the place of their query. */
    private final List<List<ProbeScan>> scansOfQuery = new ArrayList<>();

    private final AtomicIntegerArray openOfQuery;
    private final CountDownLatch open;
    private final long madeNanos;
    private volatile boolean abandoned;

    /**
     * To be handed to the scan threads at once. Throws BadInput if the request does not fit together.
     *
     * @param listener is told of the scans, unless they are in the background
     */
    ShardSearch(SearchRequest request, SearchTargets targets, BooleanSupplier cancelled, ScanListener listener) {
        this.request = request;
        this.targets = targets;
        this.cancelled = cancelled;
        this.listener = listener;
        this.payloads = request.getWithPayload() ? PayloadRoom.of(PAYLOAD_BYTES) : PayloadRoom.none();
        this.epsilon = epsilon(request);
        this.ef = ef(request);
        this.filter = request.hasFilter() ? PayloadFilter.of(request.getFilter()) : null;
        this.openOfQuery = new AtomicIntegerArray(request.getQueriesCount());
        this.open = new CountDownLatch(request.getProbesCount());
        request.getQueriesList().forEach(this::addQuery);
        request.getProbesList().forEach(this::addProbe);
        this.madeNanos = System.nanoTime();
    }

    private static float epsilon(SearchRequest request) {
        if (!request.hasEpsilon()) {
            return CellQuery.DEFAULT_EPSILON;
        }
        if (!(request.getEpsilon() >= 0)) {
            throw new VoronodeException.BadInput("epsilon " + request.getEpsilon() + " < 0");
        }
        return request.getEpsilon();
    }

    private static int ef(SearchRequest request) {
        if (request.getEf() < 0 || request.getEf() > CellQuery.MAX_K) {
            throw new VoronodeException.BadInput(
                    "ef " + Integer.toUnsignedString(request.getEf()) + " > " + CellQuery.MAX_K);
        }
        return request.getEf() == 0 ? CellQuery.DEFAULT_EF : request.getEf();
    }

    private static float[] vector(QueryVector query) {
        if (query.getK() < 1 || query.getK() > CellQuery.MAX_K) {
            throw new VoronodeException.BadInput("k " + query.getK() + " is not in 1.." + CellQuery.MAX_K);
        }
        try {
            return VectorBytes.unpack(query.getVector());
        } catch (IllegalArgumentException e) {
            throw new VoronodeException.BadInput("a query's vector is malformed: " + e);
        }
    }

    private void addQuery(QueryVector query) {
        queries.add(vector(query));
        scansOfQuery.add(new ArrayList<>());
    }

    private void addProbe(ShardProbe probe) {
        requireProbe(probe);
        ProbeScan scan = new ProbeScan();
        scans.add(scan);
        scansOfQuery.get(probe.getQuery()).add(scan);
        openOfQuery.incrementAndGet(probe.getQuery());
    }

    private void requireProbe(ShardProbe probe) {
        if (probe.getQuery() < 0 || probe.getQuery() >= queries.size()) {
            throw new VoronodeException.BadInput(
                    "probe of query " + probe.getQuery() + " in a request of " + queries.size() + " queries");
        }
        if (probe.getExactLimit() < 0) {
            throw new VoronodeException.BadInput(
                    "exact_limit " + Integer.toUnsignedString(probe.getExactLimit()) + " is beyond 2^31 - 1");
        }
    }

    /** Scans probes until none is left. */
    void work() {
        while (scanNext()) {}
    }

    /** Scans a probe, and reads the hits of its query if it was the last one of that; false where none was left. */
    boolean scanNext() {
        int i = nextProbe.getAndIncrement();
        if (i >= scans.size()) {
            return false;
        }
        if (i == 0 && isWaitedFor()) {
            listener.begun(System.nanoTime() - madeNanos);
        }
        ShardProbe probe = request.getProbes(i);
        // What is logged of the scan names the request.
        Context before = call.attach();
        try {
            scan(probe, scans.get(i));
        } finally {
            if (openOfQuery.decrementAndGet(probe.getQuery()) == 0) {
                readHits(probe.getQuery());
            }
            call.detach(before);
            open.countDown();
        }
        return true;
    }

    /** Throws nothing: the other probes need this thread, and the call their ends. */
    private void readHits(int place) {
        QueryVector query = request.getQueries(place);
        List<ProbeScan> found = scansOfQuery.get(place);
        try {
            NearestHits.read(found, query.getK(), bound(query), payloads);
        } catch (RuntimeException | Error e) {
            LOG.error("the hits of a search could not be gathered", e);
            found.forEach(scan -> scan.failed(e.toString()));
        }
    }

    private void scan(ShardProbe probe, ProbeScan scan) {
        switch (targets.of(probe.getShard())) {
            case SearchTargets.Refused refused -> scan.refused(refused.code());
            case SearchTargets.Ready(ShardReplica replica, PublishedIndex index) -> scan(probe, replica, index, scan);
        }
    }

    private void scan(ShardProbe probe, ShardReplica replica, PublishedIndex index, ProbeScan scan) {
        try {
            long start = System.nanoTime();
            TopHits found = search(query(probe), replica, index);
            scan.scanned(
                    replica,
                    index,
                    found,
                    ProbeResult.newBuilder()
                            .setVectorsScanned(found.counters().vectors())
                            .setCodesScanned(found.counters().codes())
                            .setCodesRefined(found.counters().refined())
                            .setRecords(index.liveRecords())
                            .setAccepted(found.accepted())
                            .setExactFiltered(found.exactFiltered())
                            .setMet(found.counters().met())
                            .setMetAccepted(found.counters().metAccepted())
                            .setScanTime(Durations.fromNanos(System.nanoTime() - start)));
        } catch (CancellationException e) {
            scan.failed("cancelled");
        } catch (IOException | RuntimeException | Error e) {
            // A mapped file that cannot be read is an InternalError. The other probes need this thread, and the call
            // their ends.
            scan.failed(replica, e);
        }
    }

    private TopHits search(CellQuery query, ShardReplica replica, PublishedIndex index) throws IOException {
        if (!isWaitedFor()) {
            return index.search(query, request.getNowMs());
        }
        ScanClock clock = new ScanClock();
        ScanCounters counters = ScanCounters.NONE;
        try {
            TopHits found = index.search(query, request.getNowMs());
            counters = found.counters();
            replica.answered();
            return found;
        } finally {
            // What was cancelled has kept a processor busy, too: those who lose a race are most often the ones with
            // much to do.
            ScanListener.Scan scan = clock.ended(counters);
            listener.scanned(scan);
            replica.scanned(scan.cpuNanos());
        }
    }

    private boolean isWaitedFor() {
        return !request.getBackground();
    }

    private CellQuery query(ShardProbe probe) {
        QueryVector query = request.getQueries(probe.getQuery());
        int[] cells = probe.getCellsList().stream().mapToInt(Integer::intValue).toArray();
        float[] distances = new float[probe.getCentroidDistancesCount()];
        for (int i = 0; i < distances.length; i++) {
            distances[i] = probe.getCentroidDistances(i);
        }
        return new CellQuery(
                queries.get(probe.getQuery()),
                query.getK(),
                cells,
                distances,
                bound(query),
                epsilon,
                ef,
                filter == null ? null : filter.within(probe.getExactLimit()),
                this::isCancelled);
    }

    private static float bound(QueryVector query) {
        return query.hasBound() ? query.getBound() : Float.POSITIVE_INFINITY;
    }

    private boolean isCancelled() {
        return abandoned || cancelled.getAsBoolean();
    }

    /** Waits for all probes, and even when interrupted for all running scans, because they hold on to the targets. */
    SearchResponse awaitResponse() throws InterruptedException {
        try {
            open.await();
        } catch (InterruptedException e) {
            abandoned = true;
            awaitScans();
            throw e;
        }
        SearchResponse.Builder response = SearchResponse.newBuilder();
        scans.forEach(scan -> response.addResults(scan.result()));
        response.addAllSeen(targets.seen()).setLagMs(targets.lagMs());
        return response.build();
    }

    private void awaitScans() {
        while (true) {
            try {
                open.await();
                return;
            } catch (InterruptedException again) {
                LOG.debug("interrupted again while scans end", again);
            }
        }
    }
}
