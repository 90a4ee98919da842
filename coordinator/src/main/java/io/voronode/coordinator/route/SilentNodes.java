package io.voronode.coordinator.route;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Which nodes have lately let the whole time of an attempt at a partition pass without an answer. One that is cut off or frozen costs every
 * call seconds, and for as long as its peers have not elected another they name it as the leader: for a while others are asked first. It is
 * never left out. Any thread may ask.
 */
final class SilentNodes {
    private static final long MEMORY_NANOS = Duration.ofSeconds(10).toNanos();

    private final LongSupplier nanoClock;
    private final ConcurrentHashMap<Target, Long> heardNothing = new ConcurrentHashMap<>();

    /** A node may lead one partition and wait in vain for the majority of another; reads need neither. */
    private record Target(int partition, boolean leader, String node) {}

    SilentNodes(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    void silent(int partition, boolean leader, String node) {
        heardNothing.put(new Target(partition, leader, node), nanoClock.getAsLong());
    }

    void answered(int partition, boolean leader, String node) {
        // As a rule nobody is silent, and every call asks.
        if (!heardNothing.isEmpty()) {
            heardNothing.remove(new Target(partition, leader, node));
        }
    }

    boolean isSilent(int partition, boolean leader, String node) {
        if (heardNothing.isEmpty()) {
            return false;
        }
        Target target = new Target(partition, leader, node);
        Long since = heardNothing.get(target);
        if (since != null && nanoClock.getAsLong() - since >= MEMORY_NANOS) {
            heardNothing.remove(target, since);
            return false;
        }
        return since != null;
    }
}
