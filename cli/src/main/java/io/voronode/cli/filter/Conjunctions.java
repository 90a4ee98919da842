package io.voronode.cli.filter;

import io.voronode.client.Filter;
import io.voronode.client.FilterValue;
import java.util.ArrayList;
import java.util.List;

/**
 * Joins conditions by and. Two comparisons that bound one field from both sides, {@code year >= 1990 && year < 2000}, become one range:
 * that is found faster, and of an array it is one element that lies within. Pure.
 */
final class Conjunctions {
    private Conjunctions() {}

    static Filter and(Filter left, Filter right) {
        List<Filter> joined = new ArrayList<>(parts(left));
        parts(right).forEach(part -> add(joined, part));
        return joined.size() == 1 ? joined.getFirst() : new Filter.AllOf(joined);
    }

    private static List<Filter> parts(Filter filter) {
        return filter instanceof Filter.AllOf all ? all.filters() : List.of(filter);
    }

    private static void add(List<Filter> joined, Filter part) {
        for (int i = 0; i < joined.size(); i++) {
            if (part instanceof Filter.Range one
                    && joined.get(i) instanceof Filter.Range other
                    && boundBothSides(one, other)) {
                joined.set(i, both(one, other));
                return;
            }
        }
        joined.add(part);
    }

    private static boolean boundBothSides(Filter.Range one, Filter.Range other) {
        Filter.Bound lower = one.lower() == null ? other.lower() : one.lower();
        Filter.Bound upper = one.upper() == null ? other.upper() : one.upper();
        boolean onceEach =
                (one.lower() == null) != (other.lower() == null) && (one.upper() == null) != (other.upper() == null);
        return one.field().equals(other.field())
                && onceEach
                && lower != null
                && upper != null
                && isTime(lower) == isTime(upper);
    }

    private static boolean isTime(Filter.Bound bound) {
        return bound.value() instanceof FilterValue.OfTime;
    }

    private static Filter.Range both(Filter.Range one, Filter.Range other) {
        return new Filter.Range(
                one.field(),
                one.lower() == null ? other.lower() : one.lower(),
                one.upper() == null ? other.upper() : one.upper());
    }
}
