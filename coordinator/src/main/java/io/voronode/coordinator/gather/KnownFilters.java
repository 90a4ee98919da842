package io.voronode.coordinator.gather;

import com.google.protobuf.ByteString;
import io.voronode.proto.v1.Filter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much filters let through when they were last used. Users filter by the same conditions again and again, and a search that
 * knows what to expect needs one wave where it would need two. What is known may be old: it decides the first wave alone. Keeps the
 * {@value #KEPT} that were used last; any thread.
 */
final class KnownFilters {
    private static final int KEPT = 1_000;
    /** Longer filters, of thousands of values, are not kept: they are seldom the same twice. */
    private static final int MAX_BYTES = 4_096;

    private final Map<Key, Selectivity> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Selectivity> eldest) {
            return size() > KEPT;
        }
    };

    private record Key(ByteString collection, Filter filter) {}

    /**
     * What a filter lets through.
     *
     * @param share of the records that match, above 0
     * @param accepted records that match, in all shards
     */
    record Selectivity(double share, double accepted) {}

    /** Null for a filter that is not known. */
    synchronized @Nullable Selectivity of(ByteString collection, Filter filter) {
        return known.get(new Key(collection, filter));
    }

    synchronized void learn(ByteString collection, Filter filter, FilterProgress told) {
        if (told.anyHasTold() && filter.getSerializedSize() <= MAX_BYTES) {
            known.put(new Key(collection, filter), new Selectivity(told.selectivity(), told.acceptedEverywhere()));
        }
    }
}
