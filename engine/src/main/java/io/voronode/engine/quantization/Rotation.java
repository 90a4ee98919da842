package io.voronode.engine.quantization;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A random orthogonal transform, drawn from a seed: it spreads whatever structure vectors have evenly over all
 * coordinates, which is what makes the error of a code predictable. Lengths and inner products are kept. Vectors come out
 * in arrays of a multiple of 64 floats, of which those past {@link #dimension} are zero. The same seed gives the same bits on every machine, because codes
 * in files are compared with queries that are rotated much later. Immutable; any thread.
 */
public abstract sealed class Rotation permits DenseRotation, HadamardRotation {

    /** Above this many coordinates the matrix no longer fits the cache and the fast transform is cheaper. */
    static final int MAX_DENSE = 256;

    private static final int ALIGNMENT = 64;

    /** Coordinates that share half a byte of a code. */
    private static final int DENSE_ALIGNMENT = 4;

    /** Drawing a dense rotation takes milliseconds, and every new segment of an index asks for the same one. */
    private static final int CACHED = 32;

    private static final Map<Key, Rotation> CACHE = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Rotation> eldest) {
            return size() > CACHED;
        }
    };

    private record Key(long seed, int coordinates) {}

    private final int coordinates;
    private final int outputs;

    Rotation(int coordinates) {
        this.coordinates = coordinates;
        this.outputs = outputs(coordinates);
    }

    /** The rotation of vectors with so many coordinates that this seed draws. */
    public static Rotation of(long seed, int coordinates) {
        if (coordinates < 1) {
            throw new IllegalArgumentException("coordinates " + coordinates + " < 1");
        }
        synchronized (CACHE) {
            return CACHE.computeIfAbsent(new Key(seed, coordinates), Rotation::draw);
        }
    }

    private static Rotation draw(Key key) {
        return key.coordinates() <= MAX_DENSE
                ? new DenseRotation(key.seed(), key.coordinates())
                : new HadamardRotation(key.seed(), key.coordinates());
    }

    /** The floats that rotated vectors take: the next multiple of 64. */
    public static int outputs(int coordinates) {
        return Math.ceilDiv(coordinates, ALIGNMENT) * ALIGNMENT;
    }

    /** The coordinates that rotated vectors have: what a code needs bits for. */
    public static int dimension(int coordinates) {
        return coordinates <= MAX_DENSE
                ? Math.ceilDiv(coordinates, DENSE_ALIGNMENT) * DENSE_ALIGNMENT
                : outputs(coordinates);
    }

    public int coordinates() {
        return coordinates;
    }

    public int outputs() {
        return outputs;
    }

    public int dimension() {
        return dimension(coordinates);
    }

    /**
     * Rotates a vector.
     *
     * @param x of {@link #coordinates}; borrowed
     * @param out of {@link #outputs}; overwritten
     */
    public void apply(float[] x, float[] out) {
        if (x.length != coordinates || out.length != outputs) {
            throw new IllegalArgumentException(
                    x.length + " coordinates into " + out.length + ", not " + coordinates + " into " + outputs);
        }
        rotate(x, out);
    }

    abstract void rotate(float[] x, float[] out);
}
