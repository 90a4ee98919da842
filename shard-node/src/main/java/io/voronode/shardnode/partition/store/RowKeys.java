package io.voronode.shardnode.partition.store;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Keys of the row store, as {@link RowStore} describes them: fixed-width parts first, integers big-endian, so that byte order is meaningful order. */
public final class RowKeys {
    public static final int UUID_BYTES = 16;
    public static final int REQUEST_ID_BYTES = 16;
    public static final byte[] APPLIED = "applied".getBytes(StandardCharsets.US_ASCII);
    public static final byte[] COLLECTION = "collection/".getBytes(StandardCharsets.US_ASCII);
    public static final byte[] DROPPED = "dropped/".getBytes(StandardCharsets.US_ASCII);

    private static final int SHARD_PREFIX_BYTES = UUID_BYTES + 2 * Integer.BYTES;
    private static final int EXPIRY_PREFIX_BYTES = UUID_BYTES + Long.BYTES;

    private RowKeys() {}

    public static byte[] row(ByteString uuid, String key) {
        byte[] utf8 = key.getBytes(StandardCharsets.UTF_8);
        return put(ByteBuffer.allocate(UUID_BYTES + utf8.length), uuid)
                .put(utf8)
                .array();
    }

    public static byte[] collection(ByteString uuid) {
        return put(ByteBuffer.allocate(UUID_BYTES), uuid).array();
    }

    public static byte[] generation(ByteString uuid, int generation) {
        return put(ByteBuffer.allocate(UUID_BYTES + Integer.BYTES), uuid)
                .putInt(generation)
                .array();
    }

    public static byte[] shard(ByteString uuid, int generation, int shard) {
        return shardPrefix(SHARD_PREFIX_BYTES, uuid, generation, shard).array();
    }

    public static byte[] stamp(ByteString uuid, int generation, int shard, byte[] key) {
        return shardPrefix(SHARD_PREFIX_BYTES + key.length, uuid, generation, shard)
                .put(key)
                .array();
    }

    public static byte[] expiry(ByteString uuid, long timeMs, byte[] key) {
        return put(ByteBuffer.allocate(EXPIRY_PREFIX_BYTES + key.length), uuid)
                .putLong(timeMs)
                .put(key)
                .array();
    }

    /** Behind the expiries of a collection up to and with this time. */
    public static byte[] behindExpiries(ByteString uuid, long timeMs) {
        return behind(put(ByteBuffer.allocate(EXPIRY_PREFIX_BYTES), uuid)
                .putLong(timeMs)
                .array());
    }

    public static byte[] feed(ByteString uuid, int generation, int shard, long index) {
        return shardPrefix(SHARD_PREFIX_BYTES + Long.BYTES, uuid, generation, shard)
                .putLong(index)
                .array();
    }

    public static byte[] result(ByteString requestId, long index) {
        return put(ByteBuffer.allocate(REQUEST_ID_BYTES + Long.BYTES), requestId)
                .putLong(index)
                .array();
    }

    public static byte[] resultTime(long timeMs, ByteString requestId, long index) {
        ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES + REQUEST_ID_BYTES + Long.BYTES);
        return put(buffer.putLong(timeMs), requestId).putLong(index).array();
    }

    public static long timeOfResultTime(byte[] resultTime) {
        return ByteBuffer.wrap(resultTime).getLong();
    }

    public static byte[] resultOfResultTime(byte[] resultTime) {
        return Arrays.copyOfRange(resultTime, Long.BYTES, resultTime.length);
    }

    public static byte[] blob(ByteString digest, int chunk) {
        return put(ByteBuffer.allocate(digest.size() + Integer.BYTES), digest)
                .putInt(chunk)
                .array();
    }

    public static byte[] meta(byte[] prefix, ByteString uuid) {
        return put(ByteBuffer.allocate(prefix.length + uuid.size()).put(prefix), uuid)
                .array();
    }

    /** The user's key of a key of heads, bodies or documents. */
    public static String keyOfRow(byte[] row) {
        return new String(row, UUID_BYTES, row.length - UUID_BYTES, StandardCharsets.UTF_8);
    }

    public static byte[] keyBytesOfRow(byte[] row) {
        return Arrays.copyOfRange(row, UUID_BYTES, row.length);
    }

    public static String keyOfStamp(byte[] stamp) {
        return new String(stamp, SHARD_PREFIX_BYTES, stamp.length - SHARD_PREFIX_BYTES, StandardCharsets.UTF_8);
    }

    public static long timeOfExpiry(byte[] expiry) {
        return ByteBuffer.wrap(expiry).getLong(UUID_BYTES);
    }

    public static String keyOfExpiry(byte[] expiry) {
        return new String(expiry, EXPIRY_PREFIX_BYTES, expiry.length - EXPIRY_PREFIX_BYTES, StandardCharsets.UTF_8);
    }

    public static int shardOfPrefix(byte[] key) {
        return ByteBuffer.wrap(key).getInt(UUID_BYTES + Integer.BYTES);
    }

    /** The prefix of all feed keys of the same shard. */
    public static byte[] shardOfFeed(byte[] feed) {
        return Arrays.copyOf(feed, SHARD_PREFIX_BYTES);
    }

    public static long indexOfFeed(byte[] feed) {
        return ByteBuffer.wrap(feed).getLong(SHARD_PREFIX_BYTES);
    }

    public static byte[] bigEndian(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    public static int bigEndian(byte[] value) {
        return ByteBuffer.wrap(value).getInt();
    }

    /** The smallest key behind all keys with this prefix; prefixes of all ones do not occur. */
    public static byte[] behind(byte[] prefix) {
        byte[] end = prefix.clone();
        for (int i = end.length - 1; i >= 0; i--) {
            end[i]++;
            if (end[i] != 0) {
                return Arrays.copyOf(end, i + 1);
            }
        }
        throw new IllegalArgumentException("no key lies behind a prefix of all ones");
    }

    /** The smallest key behind this one. */
    public static byte[] successor(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    private static ByteBuffer shardPrefix(int capacity, ByteString uuid, int generation, int shard) {
        return put(ByteBuffer.allocate(capacity), uuid).putInt(generation).putInt(shard);
    }

    private static ByteBuffer put(ByteBuffer buffer, ByteString bytes) {
        bytes.copyTo(buffer);
        return buffer;
    }
}
