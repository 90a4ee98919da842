package io.voronode.coordinator.image;

import com.google.protobuf.ByteString;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.wire.VoronodeException.Corruption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Cell maps by digest: from memory, else from a {@link BlobCache}. The map of a collection's generation 0 follows from the
 * collection and is never stored.
 *
 * <p>Any thread may ask; threads that want the same map at once share one load. At most {@value #MEMORY_MAPS} maps stay in memory, the
 * least recently used go first; images keep theirs anyway.
 */
public final class CellMapStore {
    private static final int MEMORY_MAPS = 64;

    private final BlobCache blobs;
    private final Map<ByteString, CellMap> memory = new LinkedHashMap<>(16, 0.75f, true);
    private final ConcurrentHashMap<ByteString, Object> loading = new ConcurrentHashMap<>();

    /** Keeps maps in the folder, which is made if it is not there. */
    public CellMapStore(Path folder, BlobSource source) {
        this.blobs = new BlobCache(folder, source);
    }

    /** The map of generation 0 of a collection: one cell. */
    public static CellMap single(CollectionSpec spec) {
        return CellMap.single(Metric.ofWireNumber(spec.getMetric()), spec.getDimension());
    }

    /** The digest of a map as it travels. */
    public static ByteString digestOf(CellMap map) {
        return ByteString.copyFrom(HexFormat.of().parseHex(map.digest()));
    }

    /**
     * The map with this digest. May block for the time of an RPC.
     *
     * @param partition that keeps the map as a blob
     * @throws io.voronode.wire.VoronodeException if it is nowhere to be had, or does not fit the collection
     */
    public CellMap map(CollectionSpec spec, ByteString digest, int partition) {
        CellMap known = inMemory(digest);
        if (known == null) {
            known = load(spec, digest, partition);
        }
        if (known.dimension() != spec.getDimension() || known.metric().wireNumber() != spec.getMetric()) {
            throw new Corruption(known + " does not fit collection \"" + spec.getName() + "\"", null);
        }
        return known;
    }

    /** See {@link BlobCache#retain}; memory has a bound of its own. */
    void retain(Set<ByteString> named) {
        blobs.retain(named);
    }

    private CellMap load(CollectionSpec spec, ByteString digest, int partition) {
        Object lock = loading.computeIfAbsent(digest, ignored -> new Object());
        try {
            synchronized (lock) {
                CellMap map = inMemory(digest);
                if (map == null) {
                    map = derivedOrStored(spec, digest, partition);
                    remember(digest, map);
                }
                return map;
            }
        } finally {
            loading.remove(digest, lock);
        }
    }

    private CellMap derivedOrStored(CollectionSpec spec, ByteString digest, int partition) {
        CellMap single = single(spec);
        if (digestOf(single).equals(digest)) {
            return single;
        }
        return CellMap.decode(blobs.bytes(digest, partition));
    }

    private @Nullable CellMap inMemory(ByteString digest) {
        synchronized (memory) {
            return memory.get(digest);
        }
    }

    private void remember(ByteString digest, CellMap map) {
        synchronized (memory) {
            memory.put(digest, map);
            if (memory.size() > MEMORY_MAPS) {
                memory.remove(memory.keySet().iterator().next());
            }
        }
    }
}
