package io.voronode.coordinator.gather;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.voronode.proto.v1.Explanation;

/** The time that each stage of a search took, for its explanation. Used by one thread. */
final class Stopwatch {
    private final long startNanos = System.nanoTime();
    private long lapNanos = startNanos;
    private long embedNanos = -1;
    private long rankNanos;
    private long gatherNanos;
    private long fetchNanos;

    private long lap() {
        long now = System.nanoTime();
        long lap = now - lapNanos;
        lapNanos = now;
        return lap;
    }

    void skipped() {
        lap();
    }

    void embedded() {
        embedNanos = lap();
    }

    void ranked() {
        rankNanos += lap();
    }

    void gathered() {
        gatherNanos += lap();
    }

    void fetched() {
        fetchNanos += lap();
    }

    Explanation.Builder explain() {
        Explanation.Builder explanation = Explanation.newBuilder()
                .setRankTime(duration(rankNanos))
                .setGatherTime(duration(gatherNanos))
                .setFetchTime(duration(fetchNanos))
                .setTotalTime(duration(System.nanoTime() - startNanos));
        if (embedNanos >= 0) {
            explanation.setEmbedTime(duration(embedNanos));
        }
        return explanation;
    }

    private static Duration duration(long nanos) {
        return Durations.fromNanos(nanos);
    }
}
