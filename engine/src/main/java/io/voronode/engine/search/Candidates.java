package io.voronode.engine.search;

import org.apache.lucene.util.ArrayUtil;

/** Vectors whose lower bound was within the threshold when they were met; most are not any more when the scan ends. */
final class Candidates {

    private int[] segments = new int[256];
    private int[] ordinals = new int[256];
    private int[] cells = new int[256];
    private float[] bounds = new float[256];
    private int count;

    void clear() {
        count = 0;
    }

    void add(int segment, int ordinal, int cell, float lowerBound) {
        if (count == ordinals.length) {
            segments = ArrayUtil.grow(segments, count + 1);
            ordinals = ArrayUtil.growExact(ordinals, segments.length);
            cells = ArrayUtil.growExact(cells, segments.length);
            bounds = ArrayUtil.growExact(bounds, segments.length);
        }
        segments[count] = segment;
        ordinals[count] = ordinal;
        cells[count] = cell;
        bounds[count++] = lowerBound;
    }

    int count() {
        return count;
    }

    int segment(int i) {
        return segments[i];
    }

    int ordinal(int i) {
        return ordinals[i];
    }

    int cell(int i) {
        return cells[i];
    }

    float lowerBound(int i) {
        return bounds[i];
    }
}
