package io.voronode.engine.simd;

/** What ingest and queries need to know of a single vector. Pure functions of any thread; nothing here is hot. */
public final class Vectors {

    private Vectors() {}

    /**
     * Scales the vector to length 1, in place. The norm is summed in double, so no finite float32 vector overflows or
     * underflows it.
     *
     * @return false, and the vector untouched, if its norm is zero
     */
    public static boolean normalize(float[] vector) {
        double norm = norm(vector);
        if (norm == 0) {
            return false;
        }
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (vector[i] / norm);
        }
        return true;
    }

    /** The index of the first NaN or infinite coordinate, -1 when all are finite. */
    public static int firstNonFinite(float[] vector) {
        for (int i = 0; i < vector.length; i++) {
            if (!Float.isFinite(vector[i])) {
                return i;
            }
        }
        return -1;
    }

    /** ‖v‖. */
    public static double norm(float[] vector) {
        double sum = 0;
        for (float x : vector) {
            sum += (double) x * x;
        }
        return Math.sqrt(sum);
    }
}
