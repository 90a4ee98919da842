package io.voronode.coordinator.write;

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
import io.voronode.proto.v1.PayloadUpdate;
import io.voronode.proto.v1.Record;
import io.voronode.wire.Channels;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Writes records. A request goes through these steps: each record is validated, and answered by itself where it is not valid; of
 * two with one key the later stays, or both in their order ({@link RoundsByKey}); texts are embedded, all in one call; each record gets the cell
 * that it belongs to in every live generation; records are grouped by the partition of their key and each group is sent to the leader of its
 * partition, all groups side by side; where the caller wants it, the answer waits until searches see what was written. Any thread may call; the
 * calling thread's gRPC context gives the time.
 *
 * <p>The first steps are {@code prepare…} and the next {@link #send}, so that a stream can embed one batch while the one before it
 * is being replicated; the last is {@link #awaitIndexed}, so that who waits for the index does not take the turn of others.
 */
public final class RecordWriter {
    private final TextVectors texts;
    private final Images images;
    private final Stamper stamper;
    private final GroupSender sender;
    private final IndexedWait indexedWait;
    private final InstantSource clock;
    private final WriteListener listener;

    public RecordWriter(
            Images images,
            CellMapStore maps,
            PartitionRouter partitions,
            ShardReplicas replicas,
            Channels channels,
            TextVectors texts,
            Compute compute,
            InstantSource clock,
            WriteListener listener) {
        this.images = images;
        this.texts = texts;
        this.clock = clock;
        this.listener = listener;
        this.stamper = new Stamper(compute, maps::map);
        this.sender = new GroupSender(partitions, images, stamper);
        this.indexedWait = new IndexedWait(images, channels, replicas);
    }

    /**
     * The records that may be written, with their stamps.
     *
     * @param identity what repetitions of the records are known by
     */
    public PreparedWrite prepareUpserts(CollectionImage collection, List<Record> records, WriteIdentity identity) {
        Keys.requireCount(records.size(), Limits.BATCH_RECORDS, "records");
        return prepare(collection, records.size(), identity, drafts -> {
            List<Draft> upserts = drafts.upserts(records, clock.millis());
            stamper.stamp(collection, upserts);
            return upserts;
        });
    }

    private PreparedWrite prepare(
            CollectionImage collection, int count, WriteIdentity identity, Function<Drafts, List<Draft>> drafting) {
        long startNanos = System.nanoTime();
        identity.requireFor(count);
        Results results = new Results(count);
        Drafts drafts = new Drafts(collection.spec(), identity, texts, results);
        List<Draft> drafted = drafting.apply(drafts);
        long embedNanos = drafts.embedNanos();
        if (embedNanos > 0) {
            listener.ended(WriteStage.EMBED, embedNanos);
        }
        listener.ended(WriteStage.PREPARE, System.nanoTime() - startNanos - embedNanos);
        return new PreparedWrite(collection, identity.requestId(), drafted, results);
    }

    /**
     * The deletes of these keys; as {@link #prepareUpserts}.
     *
     * @param ifVersions the versions that the records must have, one per key; empty for any
     */
    public PreparedWrite prepareDeletes(
            CollectionImage collection, List<String> keys, List<Long> ifVersions, WriteIdentity identity) {
        Keys.requireCount(keys.size(), Limits.BATCH_RECORDS, "keys");
        return prepare(collection, keys.size(), identity, drafts -> drafts.deletes(keys, ifVersions));
    }

    /** The changes of payloads; as {@link #prepareUpserts}. */
    public PreparedWrite preparePayloadUpdates(
            CollectionImage collection, List<PayloadUpdate> updates, WriteIdentity identity) {
        Keys.requireCount(updates.size(), Limits.BATCH_RECORDS, "updates");
        return prepare(collection, updates.size(), identity, drafts -> drafts.payloadUpdates(updates));
    }

    /**
     * Sends what was prepared; searches may not see it yet.
     *
     * @param token what the caller has seen before
     */
    public WriteAnswer send(PreparedWrite write, SessionToken token) {
        return send(write, Map.of(), token);
    }

    /**
     * The same, but for records of some keys, which are answered UNAVAILABLE.
     *
     * @param before what must be written before anything of these keys is
     */
    public WriteAnswer send(PreparedWrite write, Map<String, String> before, SessionToken token) {
        long startNanos = System.nanoTime();
        List<Applied> applied = sendRounds(write, before);
        listener.ended(WriteStage.REPLICATE, System.nanoTime() - startNanos);
        SessionToken seen = token.plus(applied.stream().map(Applied::position).toList());
        return new WriteAnswer(write.results().inOrder(), seen, new Unindexed(write.collection(), applied));
    }

    /**
     * Waits until searches see what was written.
     *
     * @return false when the time is over before, or when too many wait already
     */
    public boolean awaitIndexed(Unindexed written) {
        long startNanos = System.nanoTime();
        boolean indexed = indexedWait.await(written.collection(), written.applied());
        listener.ended(WriteStage.INDEX, System.nanoTime() - startNanos);
        return indexed;
    }

    /** A write does not overtake one of its key that may still be repeated. */
    private List<Applied> sendRounds(PreparedWrite write, Map<String, String> unwritten) {
        Results results = write.results();
        List<Applied> applied = new ArrayList<>();
        Map<String, String> undecided = new HashMap<>(unwritten);
        for (List<Draft> round : RoundsByKey.rounds(write.drafts(), Draft::key)) {
            List<Draft> ready = new ArrayList<>();
            for (Draft draft : round) {
                String before = undecided.get(draft.key());
                if (before == null) {
                    ready.add(draft);
                } else {
                    results.failed(draft.place(), new Unavailable(before + " of the same key was not written"));
                }
            }
            applied.addAll(sendRound(write, ready));
            ready.stream()
                    .filter(draft -> results.mayBeRepeated(draft.place()))
                    .forEach(draft -> undecided.put(draft.key(), "record " + draft.place()));
        }
        return applied;
    }

    private List<Applied> sendRound(PreparedWrite write, List<Draft> round) {
        List<Group> groups = Group.of(round, write.requestId(), images.current().partitionCount());
        return Fanout.map(groups, group -> sender.send(write.collection(), group, write.results())).stream()
                .flatMap(List::stream)
                .toList();
    }
}
