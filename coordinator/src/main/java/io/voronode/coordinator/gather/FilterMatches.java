package io.voronode.coordinator.gather;

import io.voronode.coordinator.gather.Scatter.Demand;
import io.voronode.coordinator.gather.Scatter.Outcome;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.route.Backoff;
import io.voronode.coordinator.route.CallTime;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.ShardReplicas;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.proto.internal.v1.ShardHit;
import io.voronode.proto.v1.Filter;
import io.voronode.wire.Channels;
import io.voronode.wire.VoronodeException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Finds the records that match a filter, wherever they lie. It is a search of which the vector does not matter and which has no cells: every
 * shard of the serving generation compares all its records that match. The shards contain what the caller demands, so every
 * record is found that matched at that point and was not written since; where one shard cannot tell, the call fails. Any thread may ask.
 */
public final class FilterMatches {
    private final Images images;
    private final Channels channels;
    private final ShardReplicas replicas;
    private final InstantSource clock;

    public FilterMatches(Images images, Channels channels, ShardReplicas replicas, InstantSource clock) {
        this.images = images;
        this.channels = channels;
        this.replicas = replicas;
        this.clock = clock;
    }

    /** A record that matches, in the version that was looked at. */
    public record Match(String key, long version) {}

    /**
     * What was found.
     *
     * @param some of the records that match, as many as wanted or all
     * @param count how many match
     * @param seen what was looked at, and what had to be
     */
    public record Matches(List<Match> some, long count, SessionToken seen) {
        public Matches {
            some = List.copyOf(some);
        }
    }

    /**
     * Finds matching records.
     *
     * @param limit how many are wanted; all are counted
     * @param required what the shards must contain
     * @throws VoronodeException if a shard does not answer, or does not contain it, within half of the call's time
     */
    public Matches find(CollectionImage asked, Filter filter, int limit, SessionToken required) {
        long giveUpLeftMs = CallTime.leftMs() / 2;
        Backoff backoff = new Backoff();
        CollectionImage collection = asked;
        while (true) {
            QueryScan scan = new QueryScan(
                    anyVector(collection), collection.servingGeneration().map(), limit, Integer.MAX_VALUE);
            Optional<Matches> matches = find(collection, filter, limit, required, scan);
            if (matches.isPresent()) {
                return matches.get();
            }
            if (CallTime.leftMs() <= giveUpLeftMs || !backoff.pause()) {
                throw scan.tooLittle(
                        "not all shards of collection \"" + collection.spec().getName() + "\" tell what matches");
            }
            images.tryRefresh();
            collection = images.same(collection);
        }
    }

    /** Of length 1, as COSINE needs it. */
    private static float[] anyVector(CollectionImage collection) {
        float[] vector = new float[collection.spec().getDimension()];
        vector[0] = 1;
        return vector;
    }

    /** Empty where a shard did not answer, or the generation has ended. */
    private Optional<Matches> find(
            CollectionImage collection, Filter filter, int limit, SessionToken required, QueryScan scan) {
        Demand demand = new Demand(required.positions(), false, true, 0, 1, filter, clock.millis(), false, false);
        Scatter scatter = new Scatter(images, channels, replicas, collection, demand);
        scan.prepare(new FilterPlan.AskOthers());
        if (scatter.run(scan.wave()) == Outcome.GENERATION_ENDED
                || !scan.filter().allAreComplete()) {
            return Optional.empty();
        }
        List<Match> some =
                scan.merge().best(limit).stream().map(FilterMatches::match).toList();
        return Optional.of(new Matches(some, scan.filter().accepted(), required.plus(scatter.seen())));
    }

    private static Match match(ShardHit hit) {
        return new Match(hit.getKey(), hit.getVersion());
    }
}
