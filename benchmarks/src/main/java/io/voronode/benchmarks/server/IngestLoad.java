package io.voronode.benchmarks.server;

import io.voronode.client.VectorRecord;
import java.util.Iterator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The records of a load: row after row of a data set, and from its beginning again with a little noise where more are wanted.
 *
 * @param vectors borrowed
 * @param records how many
 * @param payloadBytes of each record, 0 for none
 */
@SuppressWarnings("ArrayRecordComponent") // shared and never compared
record IngestLoad(float[][] vectors, int records, int payloadBytes) {
    private static final double NOISE = 0.05;

    Iterator<VectorRecord> records(String prefix) {
        return IntStream.range(0, records).mapToObj(row -> record(prefix, row)).iterator();
    }

    int dimension() {
        return vectors[0].length;
    }

    private VectorRecord record(String prefix, int row) {
        VectorRecord.Builder record = VectorRecord.builder(prefix + row).vector(vector(row));
        return payloadBytes == 0
                ? record.build()
                : record.payload(payload(row, payloadBytes)).build();
    }

    private float[] vector(int row) {
        float[] vector = vectors[row % vectors.length];
        if (row < vectors.length) {
            return vector;
        }
        SplittableRandom random = new SplittableRandom(row);
        double spread = NOISE / Math.sqrt(vector.length);
        float[] other = new float[vector.length];
        for (int d = 0; d < other.length; d++) {
            other[d] = vector[d] + (float) (spread * random.nextGaussian());
        }
        return other;
    }

    /** JSON of this length; its text differs from record to record, so that no compression makes it vanish. */
    private static String payload(int row, int bytes) {
        String head = "{\"number\":" + row + ",\"text\":\"";
        String tail = "\"}";
        StringBuilder json = new StringBuilder(head);
        SplittableRandom random = new SplittableRandom(row);
        while (json.length() < bytes - tail.length()) {
            json.append((char) random.nextInt('a', 'z' + 1));
        }
        return json.append(tail).toString();
    }
}
