package io.voronode.engine.search;

/**
 * The k least (distance, document) pairs seen: a binary heap in two arrays with the worst on top. Owned by one search.
 */
final class TopK {

    private final float[] distances;
    private final int[] docs;
    private final float bound;
    private int size;

    TopK(int k, float bound) {
        this.distances = new float[k];
        this.docs = new int[k];
        this.bound = bound;
    }

    /** A distance above this cannot enter. */
    float threshold() {
        return size == distances.length ? Math.min(bound, distances[0]) : bound;
    }

    void offer(int doc, float distance) {
        // Overflow in the metric gives NaN: as far away as can be, so that it neither wins nor is lost.
        float ordered = Float.isNaN(distance) ? Float.POSITIVE_INFINITY : distance;
        if (ordered > bound) {
            return;
        }
        if (size < distances.length) {
            siftUp(size++, doc, ordered);
        } else if (isWorse(distances[0], docs[0], ordered, doc)) {
            siftDown(doc, ordered, size);
        }
    }

    /** Empties the heap. */
    TopHits drain(ScanCounters counters, long accepted, boolean exactFiltered) {
        int[] sortedDocs = new int[size];
        float[] sortedDistances = new float[size];
        for (int i = size - 1; i >= 0; i--) {
            sortedDocs[i] = docs[0];
            sortedDistances[i] = distances[0];
            siftDown(docs[i], distances[i], i);
        }
        size = 0;
        return new TopHits(sortedDocs, sortedDistances, counters, accepted, exactFiltered);
    }

    private void siftUp(int from, int doc, float distance) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!isWorse(distance, doc, distances[parent], docs[parent])) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        put(at, doc, distance);
    }

    /** Puts a pair in the place of the top of a heap of {@code length}. */
    private void siftDown(int doc, float distance, int length) {
        int at = 0;
        for (int child = 1; child < length; child = 2 * at + 1) {
            if (child + 1 < length && isWorse(distances[child + 1], docs[child + 1], distances[child], docs[child])) {
                child++;
            }
            if (!isWorse(distances[child], docs[child], distance, doc)) {
                break;
            }
            move(child, at);
            at = child;
        }
        put(at, doc, distance);
    }

    private void move(int from, int to) {
        put(to, docs[from], distances[from]);
    }

    private void put(int at, int doc, float distance) {
        docs[at] = doc;
        distances[at] = distance;
    }

    private static boolean isWorse(float distance, int doc, float otherDistance, int otherDoc) {
        return distance > otherDistance || (distance == otherDistance && doc > otherDoc);
    }
}
