package io.voronode.coordinator.rows;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.route.Fanout;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.rows.RowReader.Rows;
import io.voronode.coordinator.token.ScrollCursor;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.coordinator.validate.Keys;
import io.voronode.coordinator.validate.Limits;
import io.voronode.coordinator.validate.QueryRules;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.ScanRequest;
import io.voronode.proto.internal.v1.ScanResponse;
import io.voronode.proto.v1.ConsistencyLevel;
import io.voronode.proto.v1.Record;
import io.voronode.wire.VoronodeException.BadInput;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Gets, counts and lists records from the partitions, without the index. Any thread may ask. */
public final class RecordReader {
    private static final int PAGE_BYTES = 8 << 20;

    private final Images images;
    private final RowReader rows;
    private final Freshness freshness;
    private final InstantSource clock;

    public RecordReader(Images images, RowReader rows, Freshness freshness, InstantSource clock) {
        this.images = images;
        this.rows = rows;
        this.freshness = freshness;
        this.clock = clock;
    }

    /**
     * Records by key.
     *
     * @param records one per key asked for; null where no live record has it
     * @param seen what was read contains
     */
    public record Found(List<@Nullable Record> records, Seen seen) {}

    /** The number of live records. */
    public record Counted(long records, Seen seen) {}

    /** One page of a scroll; the cursor is empty behind the last. */
    public record Page(List<Record> records, ByteString nextCursor, Seen seen) {}

    /**
     * What a read has seen.
     *
     * @param token covers it, and what the caller had seen before
     * @param lagMs how far behind the rows the replicas that were read may be
     */
    public record Seen(SessionToken token, long lagMs) {
        Seen plus(ScanResponse response) {
            return new Seen(token.plus(List.of(response.getPosition())), Math.max(lagMs, response.getLagMs()));
        }
    }

    /** The records of these keys; STRONG is linearizable per key. */
    public Found get(
            CollectionImage collection,
            List<String> keys,
            Projection projection,
            ConsistencyLevel level,
            SessionToken token) {
        QueryRules.requireLevel(level);
        Keys.requireAll(keys, Limits.GET_KEYS);
        LinkedHashSet<String> distinct = new LinkedHashSet<>(keys);
        SessionToken required = freshness.required(level, token, rows.partitionsOf(distinct));
        Rows read = rows.read(collection, distinct, projection, required, clock.millis());
        List<@Nullable Record> records = new ArrayList<>(keys.size());
        for (String key : keys) {
            Row row = read.byKey().get(key);
            records.add(row == null ? null : RowRecords.record(row, projection));
        }
        return new Found(records, new Seen(token.plus(read.positions()), read.lagMs()));
    }

    /** The number of live records. */
    public Counted count(CollectionImage collection, ConsistencyLevel level, SessionToken token) {
        QueryRules.requireLevel(level);
        List<Integer> all =
                IntStream.range(0, images.current().partitionCount()).boxed().toList();
        SessionToken required = freshness.required(level, token, all);
        long nowMs = clock.millis();
        long records = 0;
        Seen seen = new Seen(token, 0);
        for (ScanResponse response : Fanout.map(all, partition -> first(collection, partition, required, nowMs))) {
            records += response.getLiveRows();
            seen = seen.plus(response);
        }
        return new Counted(records, seen);
    }

    private ScanResponse first(CollectionImage collection, int partition, SessionToken required, long nowMs) {
        ScanRequest.Builder one =
                ScanRequest.newBuilder().setPartition(partition).setLimit(1).setNowMs(nowMs);
        return rows.scan(collection, one, required);
    }

    /** The records behind the cursor, partition by partition, in each in the order of the keys' bytes. */
    public Page scroll(
            CollectionImage collection,
            ByteString cursor,
            int limit,
            Projection projection,
            ConsistencyLevel level,
            SessionToken token) {
        QueryRules.requireLevel(level);
        if (limit < 0 || limit > Limits.SCROLL_LIMIT) {
            throw new BadInput(
                    "limit = " + Integer.toUnsignedString(limit) + " is not within 0 to " + Limits.SCROLL_LIMIT);
        }
        ByteString uuid = collection.spec().getUuid();
        int partitionCount = images.current().partitionCount();
        ScrollCursor at = ScrollCursor.decode(uuid, cursor, partitionCount);
        PageFill page =
                new PageFill(limit == 0 ? Limits.SCROLL_DEFAULT_LIMIT : limit, clock.millis(), new Seen(token, 0));
        while (at.partition() < partitionCount) {
            ScrollCursor next = fill(page, collection, at, projection, level, token);
            if (next.partition() < partitionCount && page.full()) {
                return new Page(page.records, next.encode(uuid), page.seen);
            }
            at = next;
        }
        return new Page(page.records, ByteString.EMPTY, page.seen);
    }

    private ScrollCursor fill(
            PageFill page,
            CollectionImage collection,
            ScrollCursor at,
            Projection projection,
            ConsistencyLevel level,
            SessionToken token) {
        ScanRequest.Builder request = ScanRequest.newBuilder()
                .setPartition(at.partition())
                .setAfterKey(at.afterKey())
                .setLimit(page.limit - page.records.size())
                .setWithVector(projection.vector())
                .setWithPayload(projection.payload())
                .setWithDocument(projection.document())
                .setNowMs(page.nowMs);
        ScanResponse response =
                rows.scan(collection, request, freshness.required(level, token, List.of(at.partition())));
        page.seen = page.seen.plus(response);
        String last = at.afterKey();
        for (Row row : response.getRowsList()) {
            if (!page.take(RowRecords.record(row, projection))) {
                return new ScrollCursor(at.partition(), last);
            }
            last = row.getKey();
        }
        return response.getMore() ? new ScrollCursor(at.partition(), last) : new ScrollCursor(at.partition() + 1, "");
    }

    /** A page that ends at its limit or before 8 MiB, but holds at least one record; of one thread. */
    private static final class PageFill {
        private final int limit;
        private final long nowMs;
        private final List<Record> records = new ArrayList<>();
        private long bytes;
        private boolean overflown;
        private Seen seen;

        PageFill(int limit, long nowMs, Seen seen) {
            this.limit = limit;
            this.nowMs = nowMs;
            this.seen = seen;
        }

        boolean take(Record record) {
            bytes += record.getSerializedSize();
            overflown = bytes > PAGE_BYTES && !records.isEmpty();
            if (!overflown) {
                records.add(record);
            }
            return !overflown;
        }

        boolean full() {
            return overflown || records.size() == limit;
        }
    }
}
