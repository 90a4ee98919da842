package io.voronode.shardnode.shard.filter;

import io.voronode.proto.v1.FilterValue;
import io.voronode.proto.v1.RangeFilter;
import io.voronode.wire.VoronodeException.BadInput;
import java.util.Arrays;
import org.apache.lucene.document.BinaryPoint;
import org.apache.lucene.search.Query;
import org.apache.lucene.util.NumericUtils;

/** Queries for numbers and points in time between bounds. Pure. */
final class PointRanges {
    private PointRanges() {}

    static Query query(RangeFilter range) {
        byte[] dimension = PayloadFilter.dimension(new FieldValues(range.getField()), anyBound(range));
        return BinaryPoint.newRangeQuery(
                FieldValues.POINTS, new byte[][] {dimension, lowest(range)}, new byte[][] {dimension, highest(range)});
    }

    static Query exactly(byte[] dimension, byte[] value) {
        byte[][] point = {dimension, value};
        return BinaryPoint.newRangeQuery(FieldValues.POINTS, point, point);
    }

    private static FilterValue anyBound(RangeFilter range) {
        return switch (range.getLowerCase()) {
            case AT_LEAST -> range.getAtLeast();
            case ABOVE -> range.getAbove();
            case LOWER_NOT_SET ->
                switch (range.getUpperCase()) {
                    case AT_MOST -> range.getAtMost();
                    case BELOW -> range.getBelow();
                    case UPPER_NOT_SET -> throw new BadInput("a range has no bound");
                };
        };
    }

    /** The least point that is within. */
    private static byte[] lowest(RangeFilter range) {
        return switch (range.getLowerCase()) {
            case AT_LEAST -> PayloadFilter.point(range.getAtLeast());
            case ABOVE -> next(PayloadFilter.point(range.getAbove()));
            case LOWER_NOT_SET -> new byte[FieldValues.POINT_BYTES];
        };
    }

    /** The greatest point that is within. */
    private static byte[] highest(RangeFilter range) {
        return switch (range.getUpperCase()) {
            case AT_MOST -> PayloadFilter.point(range.getAtMost());
            case BELOW -> previous(PayloadFilter.point(range.getBelow()));
            case UPPER_NOT_SET -> greatest();
        };
    }

    private static byte[] next(byte[] point) {
        byte[] next = new byte[point.length];
        NumericUtils.add(point.length, 0, point, one(point.length), next);
        return next;
    }

    private static byte[] previous(byte[] point) {
        byte[] previous = new byte[point.length];
        NumericUtils.subtract(point.length, 0, point, one(point.length), previous);
        return previous;
    }

    private static byte[] one(int length) {
        byte[] one = new byte[length];
        one[length - 1] = 1;
        return one;
    }

    private static byte[] greatest() {
        byte[] greatest = new byte[FieldValues.POINT_BYTES];
        Arrays.fill(greatest, (byte) 0xFF);
        return greatest;
    }
}
