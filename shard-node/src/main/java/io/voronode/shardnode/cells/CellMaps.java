package io.voronode.shardnode.cells;

import com.google.protobuf.ByteString;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CorruptCellMapException;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.wire.Channels;
import io.voronode.wire.VoronodeException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cell maps that this node needs: generation 0's is derived from the collection, others are looked for in memory, then on disk, then
 * at the partition that keeps them as a blob. Any thread may ask; a call may block while a map is fetched. A map that does
 * not have the digest it was asked by is never returned.
 */
public final class CellMaps {
    private static final int CACHED_MAPS = 16;

    private final CellMapFiles files;
    private final CellMapFetcher fetcher;
    private final Map<ByteString, CellMap> cache = new LinkedHashMap<>(CACHED_MAPS, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteString, CellMap> eldest) {
            return size() > CACHED_MAPS;
        }
    };

    /** Keeps maps in the folder; fetches missing ones from the holders that the directory names. */
    public CellMaps(Path folder, PartitionDirectory directory, Channels channels) {
        this.files = new CellMapFiles(folder);
        this.fetcher = new CellMapFetcher(directory, channels);
    }

    /**
     * The map with this digest.
     *
     * @param blobPartition the partition that keeps the map; not used by generation 0
     * @throws VoronodeException.Unavailable if no holder could give it now
     */
    public CellMap map(CollectionSpec spec, ByteString digest, int blobPartition) {
        CellMap cached = cached(digest);
        if (cached != null) {
            return cached;
        }
        CellMap map = find(spec, digest, blobPartition);
        synchronized (cache) {
            cache.put(digest, map);
        }
        return map;
    }

    private @Nullable CellMap cached(ByteString digest) {
        synchronized (cache) {
            return cache.get(digest);
        }
    }

    private CellMap find(CollectionSpec spec, ByteString digest, int blobPartition) {
        CellMap single = CellMap.single(Metric.ofWireNumber(spec.getMetric()), spec.getDimension());
        if (hasDigest(single, digest)) {
            return single;
        }
        byte[] stored = files.read(digest);
        if (stored != null) {
            return decode(stored, digest);
        }
        byte[] fetched = fetcher.fetch(digest, blobPartition);
        CellMap map = decode(fetched, digest);
        files.write(digest, fetched);
        return map;
    }

    private static boolean hasDigest(CellMap map, ByteString digest) {
        return map.digest().equals(HexFormat.of().formatHex(digest.toByteArray()));
    }

    private static CellMap decode(byte[] bytes, ByteString digest) {
        try {
            return CellMap.decode(bytes);
        } catch (CorruptCellMapException e) {
            throw new VoronodeException.Corruption(
                    "cell map " + HexFormat.of().formatHex(digest.toByteArray()) + " cannot be read: " + e.getMessage(),
                    e);
        }
    }
}
