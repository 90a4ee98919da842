package io.voronode.shardnode.shard.filter;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import org.apache.lucene.search.PointInSetQuery;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Documents that have one of several points, each of two dimensions. */
final class PointSet extends PointInSetQuery {

    PointSet(List<byte[][]> points) {
        super(FieldValues.POINTS, 2, FieldValues.POINT_BYTES, sorted(points));
    }

    private static Stream sorted(List<byte[][]> points) {
        Iterator<byte[]> packed = points.stream()
                .map(PointSet::pack)
                .sorted(Arrays::compareUnsigned)
                .iterator();
        return new Stream() {
            @Override
            public @Nullable BytesRef next() {
                return packed.hasNext() ? new BytesRef(packed.next()) : null;
            }
        };
    }

    private static byte[] pack(byte[][] point) {
        byte[] packed = Arrays.copyOf(point[0], 2 * FieldValues.POINT_BYTES);
        System.arraycopy(point[1], 0, packed, FieldValues.POINT_BYTES, FieldValues.POINT_BYTES);
        return packed;
    }

    @Override
    protected String toString(byte[] value) {
        return HexFormat.of().formatHex(value);
    }
}
