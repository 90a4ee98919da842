package io.voronode.coordinator.image;

import com.google.protobuf.ByteString;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.wire.VoronodeException.Corruption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cell maps by digest: from memory, else from a folder of this coordinator, else from a holder of the partition that keeps the
 * blob, and then kept in both. The map of a collection's generation 0 follows from the collection and is never stored. Every
 * map that was read or fetched is verified by its digest; a damaged file is fetched again.
 *
 * <p>Any thread may ask; threads that want the same map at once share one load. At most {@value #MEMORY_MAPS} maps stay in memory, the
 * least recently used go first; images keep theirs anyway.
 */
public final class CellMapStore {
    private static final Logger LOG = LoggerFactory.getLogger(CellMapStore.class);
    private static final int MEMORY_MAPS = 64;

    private final Path folder;
    private final BlobSource blobs;
    private final Map<ByteString, CellMap> memory = new LinkedHashMap<>(16, 0.75f, true);
    private final ConcurrentHashMap<ByteString, Object> loading = new ConcurrentHashMap<>();

    /** Keeps maps in the folder, which is made if it is not there. */
    public CellMapStore(Path folder, BlobSource blobs) {
        this.folder = folder;
        this.blobs = blobs;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the folder of cell maps " + folder, e);
        }
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
        byte[] bytes = readFile(digest);
        if (bytes == null) {
            bytes = fetch(digest, partition);
        }
        return CellMap.decode(bytes);
    }

    private byte[] fetch(ByteString digest, int partition) {
        byte[] bytes = blobs.fetch(partition, digest);
        if (!sha256(bytes).equals(digest)) {
            throw new Corruption(
                    "blob of partition " + partition + " has digest " + hex(sha256(bytes)) + ", not " + hex(digest),
                    null);
        }
        writeFile(digest, bytes);
        return bytes;
    }

    private byte @Nullable [] readFile(ByteString digest) {
        Path file = folder.resolve(hex(digest));
        try {
            if (!Files.exists(file)) {
                return null;
            }
            byte[] bytes = Files.readAllBytes(file);
            if (sha256(bytes).equals(digest)) {
                return bytes;
            }
            LOG.warn("cell map {} is damaged and is fetched again", file);
            Files.delete(file);
        } catch (IOException e) {
            LOG.warn("cannot read cell map {}, it is fetched again", file, e);
        }
        return null;
    }

    /** The folder is a cache: a full disk makes the next start slower, not this request fail. */
    private void writeFile(ByteString digest, byte[] bytes) {
        try {
            Path partial = Files.createTempFile(folder, "map", ".partial");
            Files.write(partial, bytes);
            try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(partial, folder.resolve(hex(digest)), StandardCopyOption.ATOMIC_MOVE);
        } catch (ClosedByInterruptException e) {
            LOG.debug("closing while a cell map was written", e);
        } catch (IOException e) {
            LOG.warn("cannot keep cell map {} in {}", hex(digest), folder, e);
        }
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

    private static String hex(ByteString digest) {
        return HexFormat.of().formatHex(digest.toByteArray());
    }

    private static ByteString sha256(byte[] bytes) {
        try {
            return ByteString.copyFrom(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
