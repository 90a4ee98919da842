package io.voronode.coordinator.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.voronode.proto.internal.v1.CollectionSpec;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;

/**
 * The names of the collections, for who reads the other meters: those carry the uuid alone, because a name may be given again. Any
 * thread.
 */
public final class CollectionMeters implements AutoCloseable {
    private final MultiGauge names;
    private boolean closed;

    /** Of no collection at first. */
    public CollectionMeters(MeterRegistry registry) {
        names = MultiGauge.builder("voronode.collection.name")
                .description("1 for each collection: the name that belongs to its uuid")
                .register(registry);
    }

    /**
     * To be called when collections have come or gone.
     *
     * @param current all that there are; asked under a lock, so that of two calls the later knows at least as much
     */
    public synchronized void follow(Supplier<? extends Collection<CollectionSpec>> current) {
        if (!closed) {
            names.register(current.get().stream().map(CollectionMeters::row).toList(), true);
        }
    }

    private static MultiGauge.Row<?> row(CollectionSpec spec) {
        String uuid = HexFormat.of().formatHex(spec.getUuid().toByteArray());
        return MultiGauge.Row.of(Tags.of("collection", uuid, "collection_name", spec.getName()), 1);
    }

    /** Removes all of them. */
    @Override
    public synchronized void close() {
        closed = true;
        names.register(List.of());
    }
}
