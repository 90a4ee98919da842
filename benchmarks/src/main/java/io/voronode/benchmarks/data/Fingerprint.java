package io.voronode.benchmarks.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names content in the cache: the first 16 hex digits of a SHA-256. Owned by one thread. */
public final class Fingerprint {

    private final MessageDigest digest;

    private Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** Of a data set's metric and vectors, not of its name. */
    public static String of(Dataset data) {
        return new Fingerprint().add(data.metric().name()).add(data.vectors()).hex();
    }

    /** Of the base and the queries. */
    public static String of(Workload workload) {
        return new Fingerprint()
                .add(of(workload.base()))
                .add(workload.queries())
                .hex();
    }

    private Fingerprint add(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    private Fingerprint add(float[][] vectors) {
        ByteBuffer bytes = ByteBuffer.allocate(vectors[0].length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        digest.update(bytes.putInt(0, vectors[0].length).array(), 0, Integer.BYTES);
        for (float[] vector : vectors) {
            bytes.asFloatBuffer().put(vector);
            digest.update(bytes.array());
        }
        return this;
    }

    private String hex() {
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }
}
