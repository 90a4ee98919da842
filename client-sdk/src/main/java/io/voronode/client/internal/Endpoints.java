package io.voronode.client.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The addresses of a client and the one in use, which stays in use until it fails. Any thread may use it: all state is under its
 * lock.
 *
 * <p>An address that failed rests, twice as long with each failure that follows a rest and at most {@value #MAX_REST_MILLIS} ms;
 * one success ends that. The next in use is the first in order that does not rest, or else the one that has rested for most of
 * its time. A lost address, which gave no answer at all, costs a call more than a second to find out again: it rests long,
 * and is not chosen for its own successor. One that answered that it cannot serve may be right about the whole cluster, say
 * while a partition has no leader: it rests shortly, and is preferred to a lost one that still rests.
 */
final class Endpoints {
    private static final long FAILED_REST_MILLIS = 125;
    private static final long LOST_REST_MILLIS = 4_000;
    private static final long MAX_REST_MILLIS = 30_000;
    private static final int MAX_DOUBLINGS = 8;

    private final List<Endpoint> endpoints = new ArrayList<>();
    private final LongSupplier nanoClock;
    private int current;

    private static final class Endpoint {
        final String address;
        int failures;
        long restEndNanos;

        Endpoint(String address, long restEndNanos) {
            this.address = address;
            this.restEndNanos = restEndNanos;
        }
    }

    Endpoints(List<String> addresses, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        addresses.stream().distinct().forEach(address -> endpoints.add(new Endpoint(address, nanoClock.getAsLong())));
    }

    synchronized String current() {
        return endpoints.get(current).address;
    }

    /** All but this one. */
    List<String> others(String address) {
        return endpoints.stream()
                .map(endpoint -> endpoint.address)
                .filter(other -> !other.equals(address))
                .toList();
    }

    int count() {
        return endpoints.size();
    }

    /** The address answered that it cannot serve: it rests, and another takes over unless all others rest for longer. */
    synchronized void failed(String address) {
        rest(address, FAILED_REST_MILLIS);
        if (current().equals(address)) {
            moveFrom(current);
        }
    }

    /** The address did not answer: it rests, and another takes over. */
    synchronized void lost(String address) {
        rest(address, LOST_REST_MILLIS);
        if (current().equals(address)) {
            moveFrom((current + 1) % count());
        }
    }

    /** The address answered a request. */
    synchronized void worked(String address) {
        Endpoint endpoint = endpoint(address);
        endpoint.failures = 0;
        endpoint.restEndNanos = nanoClock.getAsLong();
    }

    /** Of the many calls that fail together only the first makes the rest of the address longer. */
    private void rest(String address, long firstMillis) {
        Endpoint endpoint = endpoint(address);
        long now = nanoClock.getAsLong();
        if (restLeft(endpoint, now) == 0) {
            endpoint.failures++;
        }
        long millis = Math.min(MAX_REST_MILLIS, firstMillis << Math.min(MAX_DOUBLINGS, endpoint.failures - 1));
        long end = now + Duration.ofMillis(millis).toNanos();
        if (end - endpoint.restEndNanos > 0) {
            endpoint.restEndNanos = end;
        }
    }

    /** Chooses the first choice or one that rests for less, in their order from the one in use. */
    private void moveFrom(int firstChoice) {
        long now = nanoClock.getAsLong();
        int best = firstChoice;
        for (int step = 1; step < count(); step++) {
            int other = (current + step) % count();
            if (restLeft(endpoints.get(other), now) < restLeft(endpoints.get(best), now)) {
                best = other;
            }
        }
        current = best;
    }

    private static long restLeft(Endpoint endpoint, long now) {
        return Math.max(0, endpoint.restEndNanos - now);
    }

    private Endpoint endpoint(String address) {
        return endpoints.stream()
                .filter(endpoint -> endpoint.address.equals(address))
                .findFirst()
                .orElseThrow();
    }
}
