package io.voronode.coordinator.gather;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.compute.Compute;
import io.voronode.coordinator.compute.TextVectors;
import io.voronode.coordinator.gather.Scatter.Demand;
import io.voronode.coordinator.gather.Scatter.Outcome;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.image.GenerationImage;
import io.voronode.coordinator.route.Backoff;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.ShardReplicas;
import io.voronode.coordinator.rows.Freshness;
import io.voronode.coordinator.rows.RowReader;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.coordinator.validate.QueryRules;
import io.voronode.engine.clustering.FilteredProbes;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.v1.ConsistencyLevel;
import io.voronode.proto.v1.Explanation;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.SearchResult;
import io.voronode.wire.Channels;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Answers searches. The whole path: a text becomes a vector by the collection's model; the vector is normalised for COSINE; the
 * cells of the serving generation are ranked by the distance of their centroids ({@code CellMap.rank}) and the nearest are
 * chosen, as many as the recall takes that the caller wants ({@link ProbePlan}); they are grouped by the shard that owns them, each shard is asked at
 * one live replica, all shards of a node in one RPC per wave ({@link Scatter}, which asks {@code io.voronode.shardnode.rpc.ShardRpc},
 * the next class on this path); the answers are merged into the k nearest ({@link HitMerge}); documents and vectors
 * are fetched by key from the partitions ({@link HitRows}), as are payloads for which a node's answer had no room, and hits whose row is gone
 * make room for others; the answer says which share of the chosen cells was scanned, and fails when that is less than the caller accepts.
 *
 * <p>All cells of a query are known before the first is scanned, so a search is one wave; further waves follow where the server chose the
 * cells and fewer than k were found. When
 * the generation ends under a search it begins again in the one that serves now. Any thread may call; the calling thread's
 * gRPC context gives the time, and its cancellation ends the calls to shards.
 */
public final class Gather {
    private static final int GENERATION_ATTEMPTS = 6;
    private static final int MOST_HITS_OF_ORDINARY = 100;
    // Answers of one wave that are held at a time, of all queries of a batch together.
    private static final int HITS_AT_A_TIME = 20_000;
    private static final int VALUES_AT_A_TIME = 2 << 20;

    private final Images images;
    private final Channels channels;
    private final ShardReplicas replicas;
    private final Freshness freshness;
    private final RowReader rows;
    private final TextVectors texts;
    private final Compute compute;
    private final InstantSource clock;
    private final KnownFilters knownFilters = new KnownFilters();

    public Gather(
            Images images,
            Channels channels,
            ShardReplicas replicas,
            Freshness freshness,
            RowReader rows,
            TextVectors texts,
            Compute compute,
            InstantSource clock) {
        this.images = images;
        this.channels = channels;
        this.replicas = replicas;
        this.freshness = freshness;
        this.rows = rows;
        this.texts = texts;
        this.compute = compute;
        this.clock = clock;
    }

    /** Answers the queries, all in the same way. */
    public SearchAnswer search(CollectionImage collection, List<Query> queries, SearchParams params) {
        return search(collection, queries, new Manner(params, clock.millis(), false));
    }

    /** The same as of a time: what has expired by then is not found. */
    SearchAnswer search(CollectionImage collection, List<Query> queries, SearchParams params, long nowMs) {
        return search(collection, queries, new Manner(params, nowMs, false));
    }

    /** The same for nobody who waits: the searches of others go before it. */
    public SearchAnswer searchInBackground(CollectionImage collection, List<Query> queries, SearchParams params) {
        return search(collection, queries, new Manner(params, clock.millis(), true));
    }

    /** How the queries of a request are answered, all in the same way. */
    private record Manner(SearchParams params, long nowMs, boolean background) {}

    private SearchAnswer search(CollectionImage collection, List<Query> queries, Manner manner) {
        SearchParams params = manner.params();
        QueryRules.requireParams(params);
        QueryRules.requireCount(queries.size());
        SessionToken token = SessionToken.decode(collection.spec().getUuid(), params.getSessionToken());
        Stopwatch time = new Stopwatch();
        List<float[]> vectors = vectors(collection.spec(), queries, time);
        SessionToken required = freshness.required(params.getConsistency(), token, allPartitions());
        time.skipped();
        List<SearchResult> results = new ArrayList<>();
        List<ScanTrace> traces = new ArrayList<>();
        SessionToken seen = token.plus(required.positions());
        long lagMs = 0;
        Supplier<Explanation> explanation = Explanation::getDefaultInstance;
        int step = Math.max(
                1,
                Math.min(
                        HITS_AT_A_TIME / params.getK(),
                        VALUES_AT_A_TIME / collection.spec().getDimension()));
        for (int from = 0; from < vectors.size(); from += step) {
            List<float[]> some = vectors.subList(from, Math.min(vectors.size(), from + step));
            SearchAnswer answer = answer(collection, some, manner, required, time);
            if (results.isEmpty()) {
                explanation = answer.explanation();
            }
            results.addAll(answer.results());
            traces.addAll(answer.traces());
            seen = seen.plus(answer.token().positions());
            lagMs = Math.max(lagMs, answer.lagMs());
        }
        return new SearchAnswer(results, traces, seen, lagMs, time.stageNanos(), explanation);
    }

    /** One query as the index compares it. */
    float[] vector(CollectionImage collection, Query query) {
        return vectors(collection.spec(), List.of(query), new Stopwatch()).getFirst();
    }

    private List<Integer> allPartitions() {
        return IntStream.range(0, images.current().partitionCount()).boxed().toList();
    }

    /** The queries as the index compares them. */
    private List<float[]> vectors(CollectionSpec spec, List<Query> queries, Stopwatch time) {
        QueryRules rules = new QueryRules(spec);
        float[][] vectors = new float[queries.size()][];
        List<Integer> places = new ArrayList<>();
        List<String> wanted = new ArrayList<>();
        for (int i = 0; i < vectors.length; i++) {
            float[] vector = rules.require(vectors.length == 1 ? "query" : "query " + i, queries.get(i));
            if (vector == null) {
                places.add(i);
                wanted.add(queries.get(i).getText());
            } else {
                vectors[i] = vector;
            }
        }
        if (!places.isEmpty()) {
            List<float[]> embedded = texts.embed(spec, wanted);
            for (int i = 0; i < places.size(); i++) {
                vectors[places.get(i)] = embedded.get(i);
            }
            time.ended(SearchStage.EMBED);
        }
        if (spec.getMetric() == Metric.COSINE.wireNumber()) {
            for (float[] vector : vectors) {
                Vectors.normalize(vector);
            }
        }
        return List.of(vectors);
    }

    private SearchAnswer answer(
            CollectionImage asked, List<float[]> vectors, Manner manner, SessionToken required, Stopwatch time) {
        CollectionImage collection = asked;
        Backoff backoff = new Backoff();
        for (int attempt = 1; attempt <= GENERATION_ATTEMPTS; attempt++) {
            Optional<SearchAnswer> answer = inServingGeneration(collection, vectors, manner, required, time);
            if (answer.isPresent()) {
                return answer.get();
            }
            images.tryRefresh();
            int ended = collection.serving();
            collection = images.same(collection);
            if (collection.serving() == ended && !backoff.pause()) {
                break;
            }
        }
        throw new Unavailable("generation " + collection.serving() + " of collection \""
                + collection.spec().getName() + "\" has ended and no other is known to serve yet");
    }

    /** Empty when the generation ended under the search. */
    private Optional<SearchAnswer> inServingGeneration(
            CollectionImage collection, List<float[]> vectors, Manner manner, SessionToken required, Stopwatch time) {
        SearchParams params = manner.params();
        GenerationImage generation = collection.servingGeneration();
        ProbePlan plan = ProbePlan.of(generation, params);
        double minCoverage = params.hasMinCoverage() ? params.getMinCoverage() : 1;
        Demand demand = new Demand(
                required.positions(),
                params.getWithPayload(),
                plan.exact(),
                params.getEf(),
                minCoverage,
                params.hasFilter() ? params.getFilter() : null,
                manner.nowMs(),
                manner.background(),
                isOrdinary(manner, plan));
        Scatter scatter = new Scatter(images, channels, replicas, collection, demand);
        int exactLimit = params.hasFilter() ? FilteredProbes.EXACT_LIMIT : 0;
        List<QueryScan> scans = vectors.stream()
                .map(vector -> new QueryScan(vector, generation.map(), HitRows.asked(params), exactLimit))
                .toList();
        Waves waves = new Waves(scatter, compute, time, params.getK(), plan);
        if (run(waves, scans, collection, params, plan) == Outcome.GENERATION_ENDED) {
            return Optional.empty();
        }
        if (scatter.someWereBehind() && scans.stream().anyMatch(scan -> scan.share() < minCoverage)) {
            freshness.requireReachable(required.positions());
        }
        HitRows hitRows = new HitRows(rows, collection, params, manner.nowMs());
        if (hitRows.wanted(scans)
                && fetchRows(hitRows, waves, scans, scatter, required, time) == Outcome.GENERATION_ENDED) {
            return Optional.empty();
        }
        Answers answers = new Answers(collection, params, plan, hitRows, time);
        List<SearchResult> results = scans.stream().map(answers::result).toList();
        List<ScanTrace> traces =
                scans.stream().map(scan -> scan.trace(collection, plan)).toList();
        SessionToken seen = required.nothing().plus(scatter.seen()).plus(hitRows.positions());
        QueryScan first = scans.getFirst();
        return Optional.of(new SearchAnswer(
                results,
                traces,
                seen,
                scatter.lagMs(),
                time.stageNanos(),
                () -> Answers.explanation(first, collection, params, plan, time)));
    }

    /** What the server chose, of few hits, and nothing for which replicas as a rule wait. */
    private static boolean isOrdinary(Manner manner, ProbePlan plan) {
        SearchParams params = manner.params();
        return !manner.background()
                && !plan.exact()
                && !params.hasFilter()
                && params.getNprobe() == 0
                && params.getEf() == 0
                && params.getK() <= MOST_HITS_OF_ORDINARY
                && params.getConsistency() != ConsistencyLevel.CONSISTENCY_LEVEL_STRONG;
    }

    private Outcome run(
            Waves waves, List<QueryScan> scans, CollectionImage collection, SearchParams params, ProbePlan plan) {
        if (!params.hasFilter()) {
            return waves.run(scans);
        }
        ByteString uuid = collection.spec().getUuid();
        FilteredProbes probes =
                new FilteredProbes(collection.servingGeneration().calibration(), params.getK(), plan.meanProbes());
        FilterPlan filtered = new FilterPlan(params.getK(), probes, knownFilters.of(uuid, params.getFilter()));
        Outcome outcome = waves.runFiltered(scans, filtered);
        knownFilters.learn(uuid, params.getFilter(), scans.getFirst().filter());
        return outcome;
    }

    /** Fetches the rows of the best k, and looks for others where rows are gone and shards may know more. */
    private static Outcome fetchRows(
            HitRows hitRows,
            Waves waves,
            List<QueryScan> scans,
            Scatter scatter,
            SessionToken required,
            Stopwatch time) {
        while (true) {
            List<QueryScan> depleted = hitRows.fetch(scans, required.plus(scatter.seen()));
            time.ended(SearchStage.FETCH);
            if (depleted.isEmpty()) {
                return Outcome.DONE;
            }
            if (waves.again(depleted) == Outcome.GENERATION_ENDED) {
                return Outcome.GENERATION_ENDED;
            }
        }
    }
}
