package io.voronode.engine.search;

/**
 * The k least of the distances offered so far, estimated or exact: what they are compared with to be worth a closer look. A binary heap
 * with the largest on top. Owned by one search at a time.
 */
final class NearestK {

    private float[] heap = new float[16];
    private int capacity;
    private int size;
    private float bound;

    /** Empties it for another search. */
    void reset(int k, float largest) {
        if (heap.length < k) {
            heap = new float[k];
        }
        capacity = k;
        size = 0;
        bound = largest;
    }

    /** The k that it keeps. */
    int capacity() {
        return capacity;
    }

    /** What is farther than this is not among the k nearest so far, or beyond the bound. */
    float threshold() {
        return size == capacity ? Math.min(bound, heap[0]) : bound;
    }

    /** Ignores what is not a number. */
    void offer(float distance) {
        if (size < capacity) {
            if (!Float.isNaN(distance)) {
                siftUp(size++, distance);
            }
        } else if (distance < heap[0]) {
            siftDown(distance);
        }
    }

    private void siftUp(int from, float distance) {
        int at = from;
        while (at > 0 && heap[(at - 1) >>> 1] < distance) {
            heap[at] = heap[(at - 1) >>> 1];
            at = (at - 1) >>> 1;
        }
        heap[at] = distance;
    }

    private void siftDown(float distance) {
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && heap[child + 1] > heap[child]) {
                child++;
            }
            if (heap[child] <= distance) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = distance;
    }
}
