package io.voronode.shardnode.shard;

import io.voronode.engine.search.CellQuery;
import io.voronode.engine.search.CellSpread;
import io.voronode.engine.search.FilterCache;
import io.voronode.engine.search.ShardSearcher;
import io.voronode.engine.search.TopHits;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.KeySelection;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ShardHit;
import io.voronode.wire.PositionOrder;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.index.DirectoryReader;
import org.jspecify.annotations.Nullable;

/**
 * A state of a replica that searches see, and what it contains. Immutable but for what it remembers. Whoever got one from {@link
 * ShardReplica#acquire} owns one reference and releases it once; the files stay readable until the last one is gone, whatever becomes of the
 * replica.
 */
public final class PublishedIndex {
    private final DirectoryReader reader;
    private final ShardSearcher searcher;
    private final List<Position> watermarks;
    private final List<Position> seen;
    private final long headAtNanos;
    private volatile @Nullable CellSpread spread;

    /** Takes a reference to the reader, and needs one to begin with. */
    PublishedIndex(
            DirectoryReader reader,
            Metric metric,
            FilterCache filters,
            List<Position> watermarks,
            List<Position> seen,
            long headAtNanos)
            throws IOException {
        this.searcher = new ShardSearcher(reader, ShardIndex.VECTOR, metric, filters);
        reader.incRef();
        this.reader = reader;
        this.watermarks = List.copyOf(watermarks);
        this.seen = List.copyOf(seen);
        this.headAtNanos = headAtNanos;
    }

    /** See {@link ShardSearcher#search(CellQuery, long)}. */
    public TopHits search(CellQuery query, long nowMs) throws IOException {
        return searcher.search(query, nowMs);
    }

    /** The records behind the hits, nearest first, equal distances by key. */
    public List<ShardHit> hits(TopHits found, PayloadRoom payloads) throws IOException {
        return HitReader.read(reader, found, payloads);
    }

    /** The records of these keys, or of a range of keys, in key order. */
    public RecordList records(KeySelection keys) throws IOException {
        return RecordLister.list(reader, keys);
    }

    /** For each partition, how far its changes are contained. */
    public List<Position> watermarks() {
        return watermarks;
    }

    /** For each partition, up to where records may be shown: its watermark, or beyond it. */
    public List<Position> seen() {
        return seen;
    }

    /** How long ago the least advanced partition was known to have nothing newer, by its own leader. */
    public long lagMs() {
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - headAtNanos));
    }

    /** Records of the index; searches see them but for those that have expired. */
    public int liveRecords() {
        return reader.numDocs();
    }

    /** How evenly the records lie in the cells; counted when first asked for. */
    public CellSpread cellSpread() throws IOException {
        CellSpread known = spread;
        if (known == null) {
            known = searcher.cellSpread();
            spread = known;
        }
        return known;
    }

    public boolean contains(List<Position> wanted) {
        return wanted.stream()
                .allMatch(position -> watermarks.stream().anyMatch(mark -> PositionOrder.reaches(mark, position)));
    }

    /** Takes one more reference, unless the last one is gone. */
    boolean tryAcquire() {
        return reader.tryIncRef();
    }

    /** Gives a reference back. */
    public void release() throws IOException {
        reader.decRef();
    }
}
