package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.SamplePart;
import java.util.zip.CRC32C;

/**
 * Which rows a sample is drawn from. A row is held out of training, or not, for good and on every replica: by the CRC-32C of its key, which
 * tells nothing of the partition that the key falls on. Pure.
 */
final class SampledRows {
    private static final int HELD_OUT_ONE_IN = 8;
    /** 2³² divided by the golden ratio: spreads the few bits in which similar keys differ. */
    private static final int SPREAD = 0x9E3779B9;

    private SampledRows() {}

    static boolean contains(SamplePart part, byte[] key) {
        return switch (part) {
            case SAMPLE_PART_TRAINING -> !isHeldOut(key);
            case SAMPLE_PART_HELD_OUT -> isHeldOut(key);
            case SAMPLE_PART_UNSPECIFIED, UNRECOGNIZED -> true;
        };
    }

    /** How many of all rows are to be drawn so that so many are left of the part, on average. */
    static long drawn(SamplePart part, long wanted) {
        return switch (part) {
            case SAMPLE_PART_TRAINING -> Math.ceilDiv(wanted * HELD_OUT_ONE_IN, HELD_OUT_ONE_IN - 1);
            case SAMPLE_PART_HELD_OUT -> wanted * HELD_OUT_ONE_IN;
            case SAMPLE_PART_UNSPECIFIED, UNRECOGNIZED -> wanted;
        };
    }

    private static boolean isHeldOut(byte[] key) {
        CRC32C crc = new CRC32C();
        crc.update(key);
        return Integer.remainderUnsigned(((int) crc.getValue() * SPREAD) >>> 16, HELD_OUT_ONE_IN) == 0;
    }
}
