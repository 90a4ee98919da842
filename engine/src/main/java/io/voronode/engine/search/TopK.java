package io.voronode.engine.search;

/**
 * The k least (distance, document) pairs seen, each with its cell: a binary heap in parallel arrays with the worst on top. Owned by one search.
 */
final class TopK {

    private final float[] distances;
    private final int[] docs;
    private final int[] cells;
    private final float bound;
    private int size;

    TopK(int k, float bound) {
        this.distances = new float[k];
        this.docs = new int[k];
        this.cells = new int[k];
        this.bound = bound;
    }

    /** A distance above this cannot enter. */
    float threshold() {
        return size == distances.length ? Math.min(bound, distances[0]) : bound;
    }

    void offer(int doc, float distance, int cell) {
        // Overflow in the metric gives NaN: as far away as can be, so that it neither wins nor is lost.
        float ordered = Float.isNaN(distance) ? Float.POSITIVE_INFINITY : distance;
        if (ordered > bound) {
            return;
        }
        if (size < distances.length) {
            siftUp(size++, doc, ordered, cell);
        } else if (isWorse(distances[0], docs[0], ordered, doc)) {
            siftDown(doc, ordered, cell, size);
        }
    }

    /** Empties the heap. */
    TopHits drain(ScanCounters counters, long accepted, boolean exactFiltered) {
        int[] sortedDocs = new int[size];
        float[] sortedDistances = new float[size];
        int[] sortedCells = new int[size];
        for (int i = size - 1; i >= 0; i--) {
            sortedDocs[i] = docs[0];
            sortedDistances[i] = distances[0];
            sortedCells[i] = cells[0];
            siftDown(docs[i], distances[i], cells[i], i);
        }
        size = 0;
        return new TopHits(sortedDocs, sortedDistances, sortedCells, counters, accepted, exactFiltered);
    }

    private void siftUp(int from, int doc, float distance, int cell) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!isWorse(distance, doc, distances[parent], docs[parent])) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        put(at, doc, distance, cell);
    }

    /** Puts an entry in the place of the top of a heap of {@code length}. */
    private void siftDown(int doc, float distance, int cell, int length) {
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
        put(at, doc, distance, cell);
    }

    private void move(int from, int to) {
        put(to, docs[from], distances[from], cells[from]);
    }

    private void put(int at, int doc, float distance, int cell) {
        docs[at] = doc;
        distances[at] = distance;
        cells[at] = cell;
    }

    private static boolean isWorse(float distance, int doc, float otherDistance, int otherDoc) {
        return distance > otherDistance || (distance == otherDistance && doc > otherDoc);
    }
}
