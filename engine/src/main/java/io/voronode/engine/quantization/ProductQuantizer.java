package io.voronode.engine.quantization;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Scan codes by a product quantizer (Jégou, Douze and Schmid, TPAMI 2011) of four bits: coordinates go in groups of two or four, and
 * each group of a residual is replaced by the nearest of sixteen codewords that were trained for it. A code is as long as
 * RaBitQ's for the same vectors ({@link ScanCode}) and is scanned by the same kernels; it follows where the residuals of
 * a data set lie, where RaBitQ's grid needs none to learn from. Residuals are scaled to length √n before they are coded. Immutable;
 * any thread.
 */
public final class ProductQuantizer {

    /** Codewords of a group: what half a byte names. */
    public static final int CODEWORDS = 16;

    /** Residuals that are enough to train on: 512 a codeword. */
    public static final int SAMPLE = 8192;

    private static final int ITERATIONS = 12;
    private static final int MAX_PAIRED = 256;

    private final int coordinates;
    private final int width;
    private final int groups;
    private final float[] codewords;
    private final float[] halfSquares;
    private final float error;

    /**
     * A quantizer that was trained before. Borrows the codewords.
     *
     * @param codewords {@code [group][coordinate of the group][codeword]}
     * @param error the part of a code that is across its residual, per root of the dimension
     */
    public ProductQuantizer(int coordinates, float[] codewords, float error) {
        if (codewords.length != floats(coordinates)) {
            throw new IllegalArgumentException(
                    codewords.length + " floats of codewords for " + coordinates + " coordinates");
        }
        if (!(error >= 0 && error < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("error " + error + " of codes is not a length");
        }
        this.coordinates = coordinates;
        this.width = width(coordinates);
        this.groups = groups(coordinates);
        this.codewords = codewords;
        this.halfSquares = halfSquares(codewords, width);
        this.error = error;
    }

    /** Floats of all codewords for vectors of so many coordinates. */
    public static int floats(int coordinates) {
        return groups(coordinates) * width(coordinates) * CODEWORDS;
    }

    private static int width(int coordinates) {
        return coordinates <= MAX_PAIRED ? 2 : 4;
    }

    /** An even number, since two share a byte: what is past the last coordinate is zero. */
    private static int groups(int coordinates) {
        return 2 * Math.ceilDiv(coordinates, 2 * width(coordinates));
    }

    /** Bytes of a code. */
    public static int rows(int coordinates) {
        return groups(coordinates) / 2;
    }

    /**
     * Trains codewords, and measures how well codes do.
     *
     * @param residuals at least one, of one length; scaled in place
     */
    public static ProductQuantizer train(float[][] residuals, long seed) {
        int coordinates = residuals[0].length;
        for (float[] residual : residuals) {
            scale(residual);
        }
        int width = width(coordinates);
        float[] codewords = new float[floats(coordinates)];
        SplittableRandom random = new SplittableRandom(seed);
        for (int group = 0; group < groups(coordinates); group++) {
            float[] points = group(residuals, group * width, width);
            trainGroup(points, width, random, codewords, group * width * CODEWORDS);
        }
        ProductQuantizer untested = new ProductQuantizer(coordinates, codewords, 0);
        return new ProductQuantizer(coordinates, codewords, untested.measure(residuals));
    }

    /** To length √n; a zero residual stays. */
    private static void scale(float[] residual) {
        double squares = 0;
        for (float x : residual) {
            squares += (double) x * x;
        }
        if (squares > 0 && squares < Float.POSITIVE_INFINITY) {
            double perUnit = Math.sqrt(residual.length / squares);
            for (int i = 0; i < residual.length; i++) {
                residual[i] = (float) (residual[i] * perUnit);
            }
        }
    }

    private static float[] group(float[][] residuals, int from, int width) {
        float[] points = new float[residuals.length * width];
        for (int i = 0; i < residuals.length; i++) {
            for (int d = 0; d < width && from + d < residuals[i].length; d++) {
                points[i * width + d] = residuals[i][from + d];
            }
        }
        return points;
    }

    /** Lloyd's iterations, from points drawn by chance; a codeword that no point is nearest to is drawn anew. */
    private static void trainGroup(float[] points, int width, SplittableRandom random, float[] codewords, int at) {
        int count = points.length / width;
        for (int word = 0; word < CODEWORDS; word++) {
            copyPoint(points, width, random.nextInt(count), codewords, at + word);
        }
        double[] sums = new double[width * CODEWORDS];
        int[] sizes = new int[CODEWORDS];
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            Arrays.fill(sums, 0);
            Arrays.fill(sizes, 0);
            float[] halfSquares = halfSquares(Arrays.copyOfRange(codewords, at, at + sums.length), width);
            for (int i = 0; i < count; i++) {
                int word = nearest(points, i * width, width, codewords, at, halfSquares, 0);
                sizes[word]++;
                for (int d = 0; d < width; d++) {
                    sums[d * CODEWORDS + word] += points[i * width + d];
                }
            }
            for (int word = 0; word < CODEWORDS; word++) {
                if (sizes[word] == 0) {
                    copyPoint(points, width, random.nextInt(count), codewords, at + word);
                }
                for (int d = 0; d < width && sizes[word] > 0; d++) {
                    codewords[at + d * CODEWORDS + word] = (float) (sums[d * CODEWORDS + word] / sizes[word]);
                }
            }
        }
    }

    private static void copyPoint(float[] points, int width, int point, float[] codewords, int at) {
        for (int d = 0; d < width; d++) {
            codewords[at + d * CODEWORDS] = points[point * width + d];
        }
    }

    /** {@code ‖w‖²/2} of every codeword. */
    private static float[] halfSquares(float[] codewords, int width) {
        float[] half = new float[codewords.length / width];
        for (int i = 0; i < codewords.length; i++) {
            half[i / (width * CODEWORDS) * CODEWORDS + i % CODEWORDS] += codewords[i] * codewords[i] / 2;
        }
        return half;
    }

    /** The codeword of a group that is nearest to a point, the first of equals. */
    private static int nearest(
            float[] point, int from, int width, float[] codewords, int at, float[] halfSquares, int halfAt) {
        int nearest = 0;
        float best = Float.POSITIVE_INFINITY;
        for (int word = 0; word < CODEWORDS; word++) {
            float distance = halfSquares[halfAt + word];
            for (int d = 0; d < width && from + d < point.length; d++) {
                distance -= point[from + d] * codewords[at + d * CODEWORDS + word];
            }
            if (distance < best) {
                best = distance;
                nearest = word;
            }
        }
        return nearest;
    }

    /**
     * By how much codes err, in the unit of {@link ScanCode}: the root mean square of ⟨x̄, u⟩·‖r‖²/⟨r,x̄⟩ − ⟨r, u⟩ over pairs of a residual r
     * and the direction u of another, which takes the place of a query's.
     */
    private float measure(float[][] residuals) {
        byte[] code = new byte[rows(coordinates)];
        float[] decoded = new float[coordinates];
        double squares = 0;
        int pairs = 0;
        for (int i = 1; i < residuals.length; i++) {
            float[] r = residuals[i];
            encode(r, 1, code, decoded);
            double product = dot(r, decoded);
            if (product > 0) {
                double shrink = product / coordinates;
                double difference = dot(decoded, residuals[i - 1]) - shrink * dot(r, residuals[i - 1]);
                squares += difference * difference / coordinates;
                pairs++;
            }
        }
        return pairs == 0 ? 0 : (float) Math.sqrt(squares / pairs);
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    /**
     * Codes a residual.
     *
     * @param scale by which it gets length √n
     * @param code receives the code
     * @param decoded receives x̄, what the code stands for
     */
    void encode(float[] residual, float scale, byte[] code, float[] decoded) {
        Arrays.fill(code, (byte) 0);
        float[] point = new float[width];
        for (int group = 0; group < groups; group++) {
            int from = group * width;
            for (int d = 0; d < width; d++) {
                point[d] = from + d < coordinates ? residual[from + d] * scale : 0;
            }
            int at = from * CODEWORDS;
            int word = nearest(point, 0, width, codewords, at, halfSquares, group * CODEWORDS);
            code[group / 2] |= (byte) (word << (group % 2 * 4));
            for (int d = 0; d < width && from + d < coordinates; d++) {
                decoded[from + d] = codewords[at + d * CODEWORDS + word];
            }
        }
    }

    /** {@code out[group · 16 + codeword]} = the inner product of a query's group with the codeword. */
    void products(float[] query, float[] out) {
        Arrays.fill(out, 0);
        for (int i = 0; i < coordinates; i++) {
            int to = i / width * CODEWORDS;
            int at = i * CODEWORDS;
            float x = query[i];
            for (int word = 0; word < CODEWORDS; word++) {
                out[to + word] += x * codewords[at + word];
            }
        }
    }

    int groups() {
        return groups;
    }

    public int coordinates() {
        return coordinates;
    }

    /** {@code [group][coordinate of the group][codeword]}; borrowed. */
    public float[] codewords() {
        return codewords;
    }

    /** The part of a code that is across its residual, per root of the dimension. */
    public float error() {
        return error;
    }
}
