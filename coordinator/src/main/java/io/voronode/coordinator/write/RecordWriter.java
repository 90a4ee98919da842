package io.voronode.coordinator.write;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.compute.Compute;
import io.voronode.coordinator.compute.TextVectors;
import io.voronode.coordinator.image.CellMapStore;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.route.Fanout;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.PartitionRouter;
import io.voronode.coordinator.route.ShardReplicas;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.coordinator.validate.Keys;
import io.voronode.coordinator.validate.Limits;
import io.voronode.proto.v1.Record;
import io.voronode.wire.Channels;
import java.util.List;

/**
 * Writes records. A request goes through these steps: each record is validated, and answered by itself where it is not valid; of
 * two with one key the later stays; texts are embedded, all in one call; each record gets the cell that it belongs to in every
 * live generation; records are grouped by the partition of their key and each group is sent to the leader of its partition, all
 * groups side by side; where the caller wants it, the answer waits until searches see what was written. Any thread may call; the
 * calling thread's gRPC context gives the time.
 *
 * <p>The first steps are {@code prepare…} and the others {@link #send}, so that a stream can embed one batch while the one before it
 * is being replicated.
 */
public final class RecordWriter {
    private final TextVectors texts;
    private final Images images;
    private final Stamper stamper;
    private final GroupSender sender;
    private final IndexedWait indexedWait;

    public RecordWriter(
            Images images,
            CellMapStore maps,
            PartitionRouter partitions,
            ShardReplicas replicas,
            Channels channels,
            TextVectors texts,
            Compute compute) {
        this.images = images;
        this.texts = texts;
        this.stamper = new Stamper(compute, maps::map);
        this.sender = new GroupSender(partitions, images, stamper);
        this.indexedWait = new IndexedWait(images, channels, replicas);
    }

    /**
     * The records that may be written, with their stamps.
     *
     * @param requestId the client's, the same for every repetition; may be empty
     */
    public PreparedWrite prepareUpserts(CollectionImage collection, List<Record> records, ByteString requestId) {
        ByteString id = RequestIds.of(requestId);
        Keys.requireCount(records.size(), Limits.BATCH_RECORDS, "records");
        Results results = new Results(records.size());
        List<Draft> drafts = new Drafts(collection.spec(), texts, results).upserts(records);
        stamper.stamp(collection, drafts);
        return new PreparedWrite(collection, id, drafts, results);
    }

    /** The deletes of these keys; as {@link #prepareUpserts}. */
    public PreparedWrite prepareDeletes(CollectionImage collection, List<String> keys, ByteString requestId) {
        ByteString id = RequestIds.of(requestId);
        Keys.requireCount(keys.size(), Limits.BATCH_RECORDS, "keys");
        Results results = new Results(keys.size());
        List<Draft> drafts = new Drafts(collection.spec(), texts, results).deletes(keys);
        return new PreparedWrite(collection, id, drafts, results);
    }

    /**
     * Sends what was prepared.
     *
     * @param waitIndexed whether to answer only when searches see it
     * @param token what the caller has seen before
     */
    public WriteAnswer send(PreparedWrite write, boolean waitIndexed, SessionToken token) {
        List<Group> groups =
                Group.of(write.drafts(), write.requestId(), images.current().partitionCount());
        List<Applied> applied =
                Fanout.map(groups, group -> sender.send(write.collection(), group, write.results())).stream()
                        .flatMap(List::stream)
                        .toList();
        boolean indexed = waitIndexed && indexedWait.await(write.collection(), applied);
        SessionToken seen = token.plus(applied.stream().map(Applied::position).toList());
        return new WriteAnswer(write.results().inOrder(), seen, indexed);
    }
}
