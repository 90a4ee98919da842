package io.voronode.engine.search;

import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.Query;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.RamUsageEstimator;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which documents match a filter ({@link AcceptedDocs}). Users filter by the same few conditions again and
 * again, and a filter that accepts half of a million documents costs more to evaluate than the search that it belongs to.
 *
 * <p>A segment never changes, so what matches in it is kept until it is merged away. Its deletions do change: where there are any, the
 * documents that match and are live are kept beside, for as long as that state of the segment is open. What was not used for the longest
 * time is dropped when the bytes become too many. One instance serves all indexes of a process; any thread may use it.
 */
public final class FilterCache {

    private static final int ENTRY_BYTES = 200;

    private final long maxBytes;
    private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<IndexReader.CacheKey> watched = new HashSet<>();
    private long bytes;

    private record Key(IndexReader.CacheKey segment, Query query) {}

    private record Entry(AcceptedDocs accepted, long bytes) {}

    /** Keeps about so many bytes at most. */
    public FilterCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** The live documents of a segment that match. */
    AcceptedDocs accepted(LeafReaderContext leaf, FilterEvaluation filter) throws IOException {
        LeafReader reader = leaf.reader();
        Bits live = reader.getLiveDocs();
        if (live == null) {
            return matching(leaf, filter);
        }
        AcceptedDocs known = get(reader.getReaderCacheHelper(), filter.query());
        if (known != null) {
            return known;
        }
        AcceptedDocs accepted = matching(leaf, filter).and(live);
        put(reader.getReaderCacheHelper(), filter.query(), accepted);
        return accepted;
    }

    private AcceptedDocs matching(LeafReaderContext leaf, FilterEvaluation filter) throws IOException {
        IndexReader.CacheHelper segment = leaf.reader().getCoreCacheHelper();
        AcceptedDocs known = get(segment, filter.query());
        if (known != null) {
            return known;
        }
        AcceptedDocs matching = new AcceptedDocs(filter.matching(leaf));
        put(segment, filter.query(), matching);
        return matching;
    }

    private synchronized @Nullable AcceptedDocs get(IndexReader.@Nullable CacheHelper segment, Query query) {
        Entry entry = segment == null ? null : entries.get(new Key(segment.getKey(), query));
        return entry == null ? null : entry.accepted();
    }

    private void put(IndexReader.@Nullable CacheHelper segment, Query query, AcceptedDocs accepted) {
        if (segment == null) {
            return;
        }
        watch(segment);
        long size = ENTRY_BYTES + accepted.ramBytes() + RamUsageEstimator.sizeOf(query);
        add(new Key(segment.getKey(), query), new Entry(accepted, size));
    }

    /** Outside the lock for all else: a segment that has just been closed calls back at once. */
    private void watch(IndexReader.CacheHelper segment) {
        boolean added;
        synchronized (this) {
            added = watched.add(segment.getKey());
        }
        if (added) {
            segment.addClosedListener(this::forget);
        }
    }

    private synchronized void forget(IndexReader.CacheKey segment) {
        watched.remove(segment);
        Iterator<Map.Entry<Key, Entry>> all = entries.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Key, Entry> entry = all.next();
            if (entry.getKey().segment() == segment) {
                bytes -= entry.getValue().bytes();
                all.remove();
            }
        }
    }

    private synchronized void add(Key key, Entry entry) {
        if (entry.bytes() > maxBytes || !watched.contains(key.segment())) {
            return;
        }
        Entry replaced = entries.put(key, entry);
        bytes += entry.bytes() - (replaced == null ? 0 : replaced.bytes());
        Iterator<Entry> oldestFirst = entries.values().iterator();
        while (bytes > maxBytes) {
            bytes -= oldestFirst.next().bytes();
            oldestFirst.remove();
        }
    }

    /** What is kept now. */
    public synchronized long bytes() {
        return bytes;
    }
}
