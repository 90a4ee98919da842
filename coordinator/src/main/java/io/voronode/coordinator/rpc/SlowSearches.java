package io.voronode.coordinator.rpc;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.voronode.coordinator.gather.SearchAnswer;
import io.voronode.proto.v1.Explanation;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.ShardExplanation;
import io.voronode.proto.v1.WaveExplanation;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the log of answered searches that took long, and where their time went: one in a second at most, which says how many it stands for.
 * Of a batch, of its first query. Waiting is what is none of the others': for its turn, for a leader, for a new generation. Any thread.
 */
final class SlowSearches {
    private static final Logger LOG = LoggerFactory.getLogger(SlowSearches.class);

    private final long limitMs;
    private final RateLimitedLog log = new RateLimitedLog(LOG, java.time.Duration.ofSeconds(1));

    /** @param limit from which on a search is slow; zero: none is */
    SlowSearches(java.time.Duration limit) {
        this.limitMs = limit.isZero() ? Long.MAX_VALUE : limit.toMillis();
    }

    /**
     * To be told of every search that is answered.
     *
     * @param tookMs from the arrival of the request to its answer
     */
    void answered(long tookMs, String collection, int queries, SearchParams params, SearchAnswer answer) {
        if (tookMs >= limitMs) {
            log.info(() -> line(
                    tookMs, collection, queries, params, answer.explanation().get()));
        }
    }

    static String line(long tookMs, String collection, int queries, SearchParams params, Explanation how) {
        return String.format(
                Locale.ROOT,
                "slow search of collection \"%s\" (queries %d, k %d%s): %d ms, of which waiting %d, embedding %d, ranking %d, shards %d, "
                        + "rows %d; generation %d, waves %d, %d codes, %d of them refined, %d vectors%s",
                collection,
                queries,
                params.getK(),
                params.hasFilter() ? ", filtered" : "",
                tookMs,
                Math.max(0, tookMs - stages(how)),
                ms(how.getEmbedTime()),
                ms(how.getRankTime()),
                ms(how.getGatherTime()),
                ms(how.getFetchTime()),
                how.getGeneration(),
                how.getWavesCount(),
                how.getCodesScanned(),
                how.getCodesRefined(),
                how.getVectorsScanned(),
                shards(how));
    }

    private static long stages(Explanation how) {
        return ms(how.getEmbedTime()) + ms(how.getRankTime()) + ms(how.getGatherTime()) + ms(how.getFetchTime());
    }

    private static String shards(Explanation how) {
        return how.getWavesList().stream()
                .map(WaveExplanation::getShardsList)
                .flatMap(shards -> shards.stream().map(SlowSearches::shard))
                .collect(Collectors.joining());
    }

    private static String shard(ShardExplanation shard) {
        return "; shard " + shard.getShard() + " at " + shard.getNode() + ": " + shard.getCellsScanned() + " cells, "
                + ms(shard.getScanTime()) + " ms";
    }

    private static long ms(Duration time) {
        return Durations.toMillis(time);
    }
}
