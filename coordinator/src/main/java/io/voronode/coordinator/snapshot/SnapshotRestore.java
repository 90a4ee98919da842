package io.voronode.coordinator.snapshot;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.rows.Projection;
import io.voronode.coordinator.rows.RowRecords;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.coordinator.write.PreparedWrite;
import io.voronode.coordinator.write.RecordWriter;
import io.voronode.coordinator.write.WriteIdentity;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.v1.Collection;
import io.voronode.proto.v1.CollectionConfig;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordResult;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a collection of a snapshot:
 *
 * <ol>
 *   <li>Every file is compared with its checksum; nothing has been made by then.
 *   <li>The collection is made, marked as being restored by this coordinator: nobody else sees it.
 *   <li>The rows are written as users' records are, so that the number of partitions and nodes may be another one.
 *   <li>The mark is taken away.
 * </ol>
 *
 * What fails in between drops the collection; if this coordinator dies, the controller does. Used once, by one thread.
 */
public final class SnapshotRestore {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotRestore.class);
    private static final int BATCH_ROWS = 1_000;
    private static final long BATCH_BYTES = 4 << 20;
    private static final Projection WHOLE = new Projection(true, true, true);

    private final SnapshotSource source;
    private final RestoredCollections collections;
    private final RecordWriter writer;
    private final Turns turns;
    private final SnapshotExport.Listener listener;
    private long restored;

    /** Does a part of the work within a time of its own. */
    public interface Turns {
        <R> R take(Supplier<R> part);
    }

    /** A restore of a snapshot. */
    public SnapshotRestore(
            SnapshotSource source,
            RestoredCollections collections,
            RecordWriter writer,
            Turns turns,
            SnapshotExport.Listener listener) {
        this.source = source;
        this.collections = collections;
        this.writer = writer;
        this.turns = turns;
        this.listener = listener;
    }

    /** Does it; the name is empty for that of the collection that the snapshot was made of. */
    public Collection run(String name) {
        source.requireUndamaged(listener);
        CollectionConfig config = config(source.manifest().getConfig(), name);
        CollectionImage collection = turns.take(() -> collections.begin(config));
        try {
            source.read(BATCH_ROWS, BATCH_BYTES, rows -> write(collection, rows));
            if (restored != source.manifest().getRecords()) {
                throw new VoronodeException.Corruption(
                        "snapshot \"" + source.manifest().getName() + "\" has " + restored + " rows, not "
                                + source.manifest().getRecords(),
                        null);
            }
            // The nodes may have told of their records before the last ones came.
            return turns.take(() -> collections.open(collection)).toBuilder()
                    .setRecordCount(restored)
                    .build();
        } catch (RuntimeException e) {
            abandon(collection, e);
            throw e;
        }
    }

    /** The copies of each record are the business of the cluster that it is restored in. */
    private static CollectionConfig config(CollectionConfig stored, String name) {
        CollectionConfig.Builder config = stored.toBuilder().setReplication(0);
        return name.isEmpty() ? config.build() : config.setName(name).build();
    }

    private void write(CollectionImage collection, List<Row> rows) {
        List<Record> records =
                rows.stream().map(row -> RowRecords.record(row, WHOLE)).toList();
        turns.take(() -> {
            PreparedWrite write =
                    writer.prepareUpserts(collection, records, WriteIdentity.of(ByteString.EMPTY, List.of()));
            List<RecordResult> results = writer.send(
                            write, SessionToken.empty(collection.spec().getUuid()))
                    .results();
            results.forEach(SnapshotRestore::requireWritten);
            return results.size();
        });
        restored += rows.size();
        listener.reached("writing", restored, source.manifest().getRecords());
    }

    private static void requireWritten(RecordResult result) {
        if (result.getCode() != RecordCode.RECORD_CODE_OK) {
            throw new Unavailable("a record of the snapshot was not written: " + result.getMessage());
        }
    }

    /** The client may have gone, and its context with it: the drop has a time of its own. */
    private void abandon(CollectionImage collection, RuntimeException cause) {
        try {
            Context.ROOT.run(() -> turns.take(() -> {
                collections.abandon(collection);
                return Boolean.TRUE;
            }));
        } catch (RuntimeException e) {
            LOG.warn(
                    "collection \"{}\" could not be dropped yet",
                    collection.spec().getName(),
                    e);
            cause.addSuppressed(e);
        }
    }
}
