package io.voronode.systemtests.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long searches of records that nobody changes take, one after the other, beside all the traffic. */
record Latencies(int searches, long medianMs, long p99Ms) {
    static final Latencies NONE = new Latencies(0, 0, 0);

    private static final int SEARCHES = 300;
    private static final Duration LONGEST = Duration.ofSeconds(20);

    /** Measures now: so many searches, or fewer where they take too long. */
    static Latencies of(StillRecords still) {
        List<Long> nanos = new ArrayList<>();
        long begin = System.nanoTime();
        while (nanos.size() < SEARCHES && System.nanoTime() - begin < LONGEST.toNanos()) {
            long start = System.nanoTime();
            still.search(nanos.size());
            nanos.add(System.nanoTime() - start);
        }
        List<Long> sorted = nanos.stream().sorted().toList();
        return new Latencies(sorted.size(), ms(sorted, 0.5), ms(sorted, 0.99));
    }

    private static long ms(List<Long> sorted, double share) {
        return Duration.ofNanos(sorted.get((int) (share * (sorted.size() - 1)))).toMillis();
    }

    @Override
    public String toString() {
        return searches + " of median " + medianMs + " ms and p99 " + p99Ms + " ms";
    }
}
