package io.voronode.shardnode.shard.filter;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.NumericUtils;

/**
 * One field of payloads, and the bytes by which its values are found. All fields of all payloads share two fields of the index, so
 * payloads may have any number of fields and none is ever left out: every value begins with the 16 bytes that stand for the payload's field
 * and the type of the value, 15 of the SHA-256 of the path and one of the type. Two paths share them by an accident that will not happen.
 *
 * <p>Terms, in {@link #TERMS}:
 *
 * <ul>
 *   <li>that the field is there: nothing more
 *   <li>a boolean: one byte, 0 or 1
 *   <li>a string: its UTF-8 bytes; of a string of more than {@value #MAX_STRING_BYTES} bytes the first so many, the byte 0xFF, which is in
 *       no UTF-8, and its SHA-256. So long strings are equal only to themselves, and any prefix up to the limit finds them
 * </ul>
 *
 * <p>Points of two dimensions of {@value #POINT_BYTES} bytes, in {@link #POINTS}; the first is the field, the second:
 *
 * <ul>
 *   <li>a number: the nearest double in the sortable form of 8 bytes, then 2 bytes for what a 64-bit integer differs from
 *       that double (at most 512), then zeros. So integers and doubles compare by value, integers beyond 2^53 exactly
 *   <li>a point in time: seconds since the epoch in 8 bytes, then nanoseconds in 4, then zeros
 * </ul>
 *
 * The numbers of types are stored; they never change.
 */
final class FieldValues {
    static final String TERMS = "payload.terms";
    static final String POINTS = "payload.points";

    static final int MAX_STRING_BYTES = 256;
    static final int POINT_BYTES = 16;

    private static final byte EXISTS = 1;
    private static final byte BOOLEAN = 2;
    private static final byte STRING = 3;
    private static final byte NUMBER = 4;
    private static final byte TIME = 5;

    private static final byte AFTER_CUT = (byte) 0xFF;
    private static final double TWO_TO_63 = 0x1p63;

    private final byte[] path;

    /** A field by its path: names joined by dots. */
    FieldValues(String path) {
        this.path = Arrays.copyOf(sha256(path.getBytes(StandardCharsets.UTF_8)), POINT_BYTES - 1);
    }

    // ---- terms

    BytesRef exists() {
        return term(EXISTS);
    }

    BytesRef bool(boolean value) {
        return term(BOOLEAN, (byte) (value ? 1 : 0));
    }

    BytesRef string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        if (utf8.length <= MAX_STRING_BYTES) {
            return term(STRING, utf8);
        }
        byte[] hash = sha256(utf8);
        byte[] cut = Arrays.copyOf(utf8, MAX_STRING_BYTES + 1 + hash.length);
        cut[MAX_STRING_BYTES] = AFTER_CUT;
        System.arraycopy(hash, 0, cut, MAX_STRING_BYTES + 1, hash.length);
        return term(STRING, cut);
    }

    /** What the terms of all strings begin with that begin so. */
    BytesRef stringPrefix(String prefix) {
        byte[] utf8 = prefix.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > MAX_STRING_BYTES) {
            throw new IllegalArgumentException("prefix of " + utf8.length + " bytes, not of " + MAX_STRING_BYTES);
        }
        return term(STRING, utf8);
    }

    private BytesRef term(byte type, byte... value) {
        byte[] term = Arrays.copyOf(path, POINT_BYTES + value.length);
        term[POINT_BYTES - 1] = type;
        System.arraycopy(value, 0, term, POINT_BYTES, value.length);
        return new BytesRef(term);
    }

    // ---- first dimension of points

    byte[] numbers() {
        return term(NUMBER).bytes;
    }

    byte[] times() {
        return term(TIME).bytes;
    }

    // ---- second dimension of points

    static byte[] number(long value) {
        double nearest = value;
        // The cast of 2^63 to long is one short of it.
        long difference = nearest == TWO_TO_63 ? value - Long.MAX_VALUE - 1 : value - (long) nearest;
        return number(nearest, (short) difference);
    }

    static byte[] number(double value) {
        return number(value, (short) 0);
    }

    private static byte[] number(double nearest, short difference) {
        byte[] bytes = new byte[POINT_BYTES];
        double withoutNegativeZero = nearest + 0.0;
        NumericUtils.longToSortableBytes(NumericUtils.doubleToSortableLong(withoutNegativeZero), bytes, 0);
        int sortable = difference - Short.MIN_VALUE;
        bytes[Long.BYTES] = (byte) (sortable >> Byte.SIZE);
        bytes[Long.BYTES + 1] = (byte) sortable;
        return bytes;
    }

    static byte[] time(Instant value) {
        byte[] bytes = new byte[POINT_BYTES];
        NumericUtils.longToSortableBytes(value.getEpochSecond(), bytes, 0);
        NumericUtils.intToSortableBytes(value.getNano(), bytes, Long.BYTES);
        return bytes;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
