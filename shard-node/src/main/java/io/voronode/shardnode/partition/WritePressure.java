package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.DescribePressureResponse;
import io.voronode.proto.internal.v1.FeedPressure;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.wire.VoronodeException.Overload;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Why writers of a partition that is led here are to wait, by what its holders said last: shard replicas that answer searches are too far
 * behind, so that searches would see less and less of what is written; or so many holders are short of disk space that an upsert could
 * not be kept by a majority. Replicas that are dead, hang, or catch up hold back nobody. One thread tells it; any thread may ask.
 */
final class WritePressure {
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
    /** Looks every second or so, for longer than any lag that matters. */
    private static final int LOOKS_KEPT = 300;

    private final Duration maxLag;
    private final Map<Integer, AppliedTimes> times = new HashMap<>();
    private final Map<Integer, Verdict> verdicts = new ConcurrentHashMap<>();

    WritePressure(Duration maxLag) {
        this.maxLag = maxLag;
    }

    /** What is wrong; null: nothing. */
    private record Verdict(@Nullable String lag, @Nullable String space) {}

    /**
     * What the holders of a partition say.
     *
     * @param appliedIndex of this replica, which leads
     * @param holders how many there are, those that are silent included
     * @param answers of those that answered, this one included
     */
    void heard(int partition, long appliedIndex, int holders, List<DescribePressureResponse> answers, long nowNanos) {
        AppliedTimes applied = times.computeIfAbsent(partition, absent -> new AppliedTimes(LOOKS_KEPT));
        applied.look(appliedIndex, nowNanos);
        verdicts.put(
                partition,
                new Verdict(
                        lag(partition, appliedIndex, applied, answers, nowNanos), space(partition, holders, answers)));
    }

    /** Forgets partitions that are not led here any more. */
    void retain(Set<Integer> led) {
        times.keySet().retainAll(led);
        verdicts.keySet().retainAll(led);
    }

    private @Nullable String lag(
            int partition, long appliedIndex, AppliedTimes applied, List<DescribePressureResponse> answers, long now) {
        OptionalLong slowest = answers.stream()
                .flatMap(answer -> answer.getFeedsList().stream())
                .filter(feed -> feed.getPartition() == partition)
                .mapToLong(FeedPressure::getSlowestIndex)
                .min();
        if (slowest.isEmpty()) {
            return null;
        }
        Duration lag = Duration.ofNanos(applied.aheadSinceNanos(slowest.getAsLong(), now));
        return lag.compareTo(maxLag) <= 0
                ? null
                : "the index is " + lag.toSeconds() + " s (" + (appliedIndex - slowest.getAsLong())
                        + " log entries) behind partition " + partition + "; above " + maxLag.toSeconds()
                        + " s writes wait for it, deletes excepted";
    }

    private static @Nullable String space(int partition, int holders, List<DescribePressureResponse> answers) {
        long low =
                answers.stream().filter(DescribePressureResponse::getLowOnSpace).count();
        long roomy = answers.size() - low;
        return low == 0 || roomy > holders / 2
                ? null
                : "only " + roomy + " of the " + holders + " nodes that hold partition " + partition
                        + " have room on their disks; until a majority has, only deletes are taken";
    }

    /** Whether the index is so far behind that writes wait for it. */
    boolean isBehind(int partition) {
        Verdict verdict = verdicts.get(partition);
        return verdict != null && verdict.lag() != null;
    }

    /**
     * Does nothing while nothing is wrong, or where all are deletes.
     *
     * @throws Overload if these operations are to wait
     */
    void require(int partition, RequestOperations operations) {
        Verdict verdict = verdicts.get(partition);
        if (verdict == null || operations.getOperationsList().stream().allMatch(WriteOperation::hasDelete)) {
            return;
        }
        if (verdict.lag() != null) {
            throw new Overload(verdict.lag(), RETRY_DELAY);
        }
        if (verdict.space() != null) {
            throw new Overload(verdict.space(), RETRY_DELAY);
        }
    }
}
