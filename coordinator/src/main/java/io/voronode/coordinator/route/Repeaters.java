package io.voronode.coordinator.route;

import io.voronode.wire.VoronodeException.Overload;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Bounds the calls that repeat their attempts at partitions that do not answer. Each may hold the turn of a request until its time is
 * over, so without a bound one partition without a majority would soon keep a coordinator from serving anything else. Where the last
 * attempt of anybody failed, a call needs a place before its first one, too: an attempt at a silent node takes seconds. Any thread may ask.
 */
final class Repeaters {
    // A coordinator works on 32 requests per processor at a time: half of them may wait for one partition, three
    // quarters for any.
    private static final int OF_ONE_TARGET_PER_PROCESSOR = 16;
    private static final int PER_PROCESSOR = 24;
    private static final Duration RETRY_DELAY = Duration.ofMillis(500);

    private final int processors = Runtime.getRuntime().availableProcessors();
    private final Semaphore all = new Semaphore(PER_PROCESSOR * processors);
    private final ConcurrentHashMap<Target, Semaphore> each = new ConcurrentHashMap<>();
    private final Set<Target> failing = ConcurrentHashMap.newKeySet();

    /** What is called: reads are answered by any replica, also where there is no leader. */
    private record Target(int partition, boolean leader) {}

    /**
     * Begins a call.
     *
     * @throws Overload if the target is failing, and enough calls wait for it
     */
    Call begin(int partition, boolean leader) {
        Call call = new Call(new Target(partition, leader));
        if (failing.contains(call.target)) {
            call.takePlace();
        }
        return call;
    }

    /** One call, from its first attempt to its last; of one thread. */
    final class Call implements AutoCloseable {
        private final Target target;
        private boolean hasPlace;

        private Call(Target target) {
            this.target = target;
        }

        void succeeded() {
            failing.remove(target);
        }

        /**
         * An attempt failed, and another one is to follow after a pause.
         *
         * @throws Overload if enough calls do so already
         */
        void repeats() {
            failing.add(target);
            if (!hasPlace) {
                takePlace();
            }
        }

        private void takePlace() {
            Semaphore own = ofTarget();
            if (own.tryAcquire()) {
                if (all.tryAcquire()) {
                    hasPlace = true;
                    return;
                }
                own.release();
            }
            throw new Overload(
                    "partition " + target.partition()
                            + " does not answer, and enough calls wait for it or others already; come back later",
                    RETRY_DELAY);
        }

        private Semaphore ofTarget() {
            return each.computeIfAbsent(target, ignored -> new Semaphore(OF_ONE_TARGET_PER_PROCESSOR * processors));
        }

        @Override
        public void close() {
            if (hasPlace) {
                all.release();
                ofTarget().release();
            }
        }
    }
}
