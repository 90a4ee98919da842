package io.voronode.shardnode.shard.filter;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import org.apache.lucene.search.PointInSetQuery;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * Documents that have one of several points of two dimensions, the first of which is the same in all. Lucene takes the least
 * and the greatest point in the order of their bytes for bounds of each dimension, which they are only then: points that differ in the first
 * would be missed.
 */
final class PointSet extends PointInSetQuery {

    /** The points with this first dimension and one of these second ones. */
    PointSet(byte[] first, List<byte[]> seconds) {
        super(FieldValues.POINTS, 2, FieldValues.POINT_BYTES, sorted(first, seconds));
    }

    private static Stream sorted(byte[] first, List<byte[]> seconds) {
        Iterator<byte[]> packed = seconds.stream()
                .sorted(Arrays::compareUnsigned)
                .map(second -> pack(first, second))
                .iterator();
        return new Stream() {
            @Override
            public @Nullable BytesRef next() {
                return packed.hasNext() ? new BytesRef(packed.next()) : null;
            }
        };
    }

    private static byte[] pack(byte[] first, byte[] second) {
        byte[] packed = Arrays.copyOf(first, 2 * FieldValues.POINT_BYTES);
        System.arraycopy(second, 0, packed, FieldValues.POINT_BYTES, FieldValues.POINT_BYTES);
        return packed;
    }

    @Override
    protected String toString(byte[] value) {
        return HexFormat.of().formatHex(value);
    }
}
