package io.voronode.engine.clustering;

import io.voronode.engine.simd.VectorKernels;
import java.util.Arrays;

/**
 * Numbers cells so that near ones follow each other. Posting lists lie in a file in the order of their cells, so the lists that a search takes
 * are then often neighbours, and reading on is several times faster than jumping. The order is a chain, in which each point is followed by the
 * nearest that is left; of many cells, a chain of the parents and within each parent one of its cells.
 */
final class CellOrder {

    /** A chain takes the square of its length in distances: more points keep the order that they have. */
    private static final int MAX_CHAINED = 1 << 14;

    private CellOrder() {}

    /** The same cells, renumbered. */
    static FoundCells chained(FoundCells cells) {
        ParentCells parents = cells.parents();
        int[] order = parents == null
                ? chain(cells.centroids(), numbers(cells.centroids().length), cells.centroids()[0])
                : chainOfChains(cells.centroids(), parents);
        float[][] centroids =
                Arrays.stream(order).mapToObj(cell -> cells.centroids()[cell]).toArray(float[][]::new);
        return new FoundCells(
                centroids, reordered(cells.sizes(), order), parents == null ? null : reordered(parents, order));
    }

    private static int[] chainOfChains(float[][] cells, ParentCells parents) {
        float[][] upper = parents.centroids();
        int[][] cellsOfParent = parents.cellsOfParent();
        int[] order = new int[cells.length];
        int placed = 0;
        float[] last = upper[0];
        for (int parent : chain(upper, numbers(upper.length), last)) {
            int[] own = chain(cells, cellsOfParent[parent], last);
            System.arraycopy(own, 0, order, placed, own.length);
            placed += own.length;
            last = cells[order[placed - 1]];
        }
        return order;
    }

    private static int[] numbers(int count) {
        int[] numbers = new int[count];
        Arrays.setAll(numbers, i -> i);
        return numbers;
    }

    /** Some points in the order of a chain that begins near another point. */
    private static int[] chain(float[][] points, int[] some, float[] start) {
        int[] chain = some.clone();
        if (chain.length > MAX_CHAINED) {
            return chain;
        }
        float[] last = start;
        for (int i = 0; i < chain.length; i++) {
            int next = nearest(points, chain, i, last);
            int point = chain[next];
            chain[next] = chain[i];
            chain[i] = point;
            last = points[point];
        }
        return chain;
    }

    /** The place, from {@code from} on, of the point that is nearest to another. */
    private static int nearest(float[][] points, int[] numbers, int from, float[] to) {
        int nearest = from;
        float least = Float.POSITIVE_INFINITY;
        for (int i = from; i < numbers.length; i++) {
            float distance = VectorKernels.best().squaredDistance(points[numbers[i]], to);
            if (distance < least) {
                least = distance;
                nearest = i;
            }
        }
        return nearest;
    }

    private static ParentCells reordered(ParentCells parents, int[] order) {
        return new ParentCells(parents.centroids(), reordered(parents.parentOfCell(), order), parents.visits());
    }

    private static int[] reordered(int[] values, int[] order) {
        return Arrays.stream(order).map(i -> values[i]).toArray();
    }
}
