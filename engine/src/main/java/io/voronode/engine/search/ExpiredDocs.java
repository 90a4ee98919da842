package io.voronode.engine.search;

import java.io.IOException;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.PointValues;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * The documents of one segment that expire, by their points of field {@link ShardSearcher#EXPIRY}. A segment without such documents has none
 * of these, and one in which nothing has expired costs a comparison. What has expired is found once and kept until the next one does.
 * Any thread may use it.
 */
final class ExpiredDocs {

    private final PointValues times;
    private final int maxDoc;
    private final @Nullable Bits live;
    private volatile Found found;

    private ExpiredDocs(PointValues times, LeafReader reader) throws IOException {
        this.times = times;
        this.maxDoc = reader.maxDoc();
        this.live = reader.getLiveDocs();
        this.found = new Found(Long.MIN_VALUE, time(times.getMinPackedValue()), null);
    }

    /** Null where nothing expires. */
    static @Nullable ExpiredDocs of(LeafReader reader) throws IOException {
        PointValues times = reader.getPointValues(ShardSearcher.EXPIRY);
        return times == null ? null : new ExpiredDocs(times, reader);
    }

    private static long time(byte[] packed) {
        return LongPoint.decodeDimension(packed, 0);
    }

    /**
     * Those of the documents that have not expired at a time.
     *
     * @param accepted live documents; null for all
     * @return the same where none of them has expired
     */
    @Nullable
    AcceptedDocs without(@Nullable AcceptedDocs accepted, long nowMs) throws IOException {
        Found known = found;
        if (nowMs < known.fromMs || nowMs >= known.nextMs) {
            known = find(nowMs);
            found = known;
        }
        return known.expired == null ? accepted : known.without(accepted, maxDoc, live);
    }

    private Found find(long nowMs) throws IOException {
        Finder finder = new Finder(nowMs);
        times.intersect(finder);
        FixedBitSet expired = finder.expired;
        if (live != null) {
            live.applyMask(expired, 0);
        }
        return new Found(nowMs, finder.nextMs, expired.cardinality() == 0 ? null : expired);
    }

    /** Takes the documents up to a time, and notes the first time behind it. */
    private final class Finder implements PointValues.IntersectVisitor {

        private final long nowMs;
        private final FixedBitSet expired = new FixedBitSet(maxDoc);
        private long nextMs = Long.MAX_VALUE;

        Finder(long nowMs) {
            this.nowMs = nowMs;
        }

        @Override
        public void visit(int doc) {
            expired.set(doc);
        }

        @Override
        public void visit(int doc, byte[] packed) {
            long timeMs = time(packed);
            if (timeMs <= nowMs) {
                expired.set(doc);
            } else {
                nextMs = Math.min(nextMs, timeMs);
            }
        }

        @Override
        public PointValues.Relation compare(byte[] least, byte[] greatest) {
            if (time(greatest) <= nowMs) {
                return PointValues.Relation.CELL_INSIDE_QUERY;
            }
            if (time(least) <= nowMs) {
                return PointValues.Relation.CELL_CROSSES_QUERY;
            }
            nextMs = Math.min(nextMs, time(least));
            return PointValues.Relation.CELL_OUTSIDE_QUERY;
        }
    }

    /** What has expired at any time from one on and before another. */
    private static final class Found {

        private final long fromMs;
        private final long nextMs;
        private final @Nullable FixedBitSet expired;
        private volatile @Nullable Rest rest;

        /** What is left of a set of documents, the one that was asked about last. */
        private record Rest(@Nullable AcceptedDocs of, AcceptedDocs docs) {}

        Found(long fromMs, long nextMs, @Nullable FixedBitSet expired) {
            this.fromMs = fromMs;
            this.nextMs = nextMs;
            this.expired = expired;
        }

        AcceptedDocs without(@Nullable AcceptedDocs accepted, int maxDoc, @Nullable Bits live) {
            Rest known = rest;
            if (known == null || known.of != accepted) {
                known = new Rest(accepted, accepted == null ? rest(maxDoc, live) : rest(accepted));
                rest = known;
            }
            return known.docs;
        }

        private AcceptedDocs rest(int maxDoc, @Nullable Bits live) {
            FixedBitSet all = new FixedBitSet(maxDoc);
            all.set(0, maxDoc);
            if (live != null) {
                live.applyMask(all, 0);
            }
            return minusExpired(all);
        }

        private AcceptedDocs rest(AcceptedDocs accepted) {
            boolean touched = expired != null && FixedBitSet.intersectionCount(accepted.docs(), expired) > 0;
            return touched ? minusExpired(accepted.docs().clone()) : accepted;
        }

        private AcceptedDocs minusExpired(FixedBitSet docs) {
            if (expired != null) {
                docs.andNot(expired);
            }
            return new AcceptedDocs(docs);
        }
    }
}
