package io.voronode.coordinator.canary;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * A uniform sample of the queries of one collection since it was begun (a reservoir, Vitter's algorithm R): as many as {@value #MAX_QUERIES},
 * or as {@value #MAX_BYTES} bytes hold. Any thread.
 */
final class LiveQueries {
    static final int MAX_QUERIES = 512;
    static final int MAX_BYTES = 2 << 20;
    static final int ENOUGH = 100;

    private final DoubleSupplier random;
    private final int capacity;
    private final List<float[]> vectors = new ArrayList<>();
    private long seen;

    /**
     * An empty sample.
     *
     * @param random uniform numbers, at least 0 and less than 1
     */
    LiveQueries(int dimension, DoubleSupplier random) {
        this.random = random;
        this.capacity = Math.clamp(MAX_BYTES / ((long) Float.BYTES * dimension), 1, MAX_QUERIES);
    }

    /** The vector is kept as it is: nobody may change it. */
    synchronized void add(float[] vector) {
        seen++;
        if (vectors.size() < capacity) {
            vectors.add(vector);
            return;
        }
        long place = (long) (random.getAsDouble() * seen);
        if (place < capacity) {
            vectors.set((int) place, vector);
        }
    }

    /** Whether they are enough to calibrate by. */
    synchronized boolean areEnough() {
        return vectors.size() >= ENOUGH;
    }

    synchronized List<float[]> vectors() {
        return List.copyOf(vectors);
    }
}
