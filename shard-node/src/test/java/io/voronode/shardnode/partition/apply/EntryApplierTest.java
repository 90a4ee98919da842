package io.voronode.shardnode.partition.apply;

import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.delete;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.AssignBatch;
import io.voronode.proto.internal.v1.Assignment;
import io.voronode.proto.internal.v1.BarrierCommand;
import io.voronode.proto.internal.v1.BeginGenerationOrder;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.DropCollectionOrder;
import io.voronode.proto.internal.v1.EndGenerationOrder;
import io.voronode.proto.internal.v1.LiveGeneration;
import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.proto.internal.v1.PutBlobOrder;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.proto.internal.v1.StoredFeedChanges;
import io.voronode.proto.internal.v1.TrimFeed;
import io.voronode.proto.internal.v1.WriteBatch;
import io.voronode.proto.internal.v1.WriteCode;
import io.voronode.proto.internal.v1.WriteResult;
import io.voronode.shardnode.partition.Requests;
import io.voronode.shardnode.partition.TestNode;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EntryApplierTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    private static final float[] HERE = {1, 2};
    private static final Stamp S0 = stamp(0, 0, 0);
    private static final int BLOB_CHUNKS = 3;

    @TempDir
    private Path folder;

    private TestReplica replica;

    @BeforeEach
    void open() {
        replica = new TestReplica(folder.resolve("a"));
        replica.control(createCollection(SPEC, 1));
    }

    @AfterEach
    void close() {
        replica.close();
    }

    @Test
    void answersARepeatedOperationWithoutApplyingItAgain() {
        RequestOperations request = operations(SPEC, upsert(7, "a", HERE, S0));
        WriteResult first = replica.writeOne(request);
        replica.write(operations(SPEC, delete(0, "a")));

        assertThat(replica.writeOne(request)).isEqualTo(first);
        assertThat(collection().getLiveRows()).isZero();
    }

    @Test
    void knowsOperationsOfOneRequestThatCameInDifferentEntries() {
        ByteString id = TestNode.uuid(UUID.randomUUID());
        WriteResult first = replica.writeOne(operations(SPEC, id, List.of(upsert(0, "a", HERE, S0))));
        WriteResult second = replica.writeOne(operations(SPEC, id, List.of(upsert(1, "b", HERE, S0))));

        List<WriteResult> again = replica.write(
                        operations(SPEC, id, List.of(upsert(1, "b", HERE, S0), upsert(0, "a", HERE, S0))))
                .results();

        assertThat(again).containsExactly(second, first);
    }

    @Test
    void changesNothingForAnEntryThatTheStoreContains() {
        PartitionEntry entry = entry(operations(SPEC, upsert(0, "a", HERE, S0)));
        long index = replica.index() + 1;
        replica.apply(index, entry);
        String before = replica.contentHash();

        replica.apply(index, entry);
        replica.apply(index - 1, entry(operations(SPEC, delete(0, "a"))));

        assertThat(replica.contentHash()).isEqualTo(before);
    }

    @Test
    void makesEqualReplicasOfEqualEntries() {
        try (TestReplica other = new TestReplica(folder.resolve("b"))) {
            other.control(createCollection(SPEC, 1));
            for (TestReplica each : List.of(replica, other)) {
                each.write(operations(SPEC, id(1), List.of(upsert(0, "a", HERE, S0), upsert(1, "b", HERE, S0))));
                each.control(begin(1, 1));
                each.write(operations(SPEC, id(2), List.of(upsert(0, "b", HERE, S0, stamp(1, 3, 9)), delete(1, "a"))));
                each.apply(assign(1, "b", 2, stamp(1, 0, 0)));
                each.control(end(0, 1));
            }
            assertThat(other.contentHash()).isEqualTo(replica.contentHash());
        }
    }

    @Test
    void refusesAnUpsertWithoutAStampOfALiveGenerationAndTakesItLater() {
        replica.control(begin(1, 1));
        ByteString id = id(5);
        Outcome.Answer answer = replica.write(operations(SPEC, id, List.of(upsert(0, "a", HERE, S0))));
        assertThat(answer.results().getFirst().getCode()).isEqualTo(WriteCode.WRITE_CODE_STALE_MAP);
        assertThat(answer.liveGenerations())
                .extracting(LiveGeneration::getGeneration)
                .containsExactly(0, 1);

        WriteResult later = replica.writeOne(operations(SPEC, id, List.of(upsert(0, "a", HERE, S0, stamp(1, 2, 3)))));

        assertThat(later.getCode()).isEqualTo(WriteCode.WRITE_CODE_APPLIED);
    }

    @Test
    void ignoresStampsOfGenerationsThatAreNotLive() {
        replica.write(operations(SPEC, upsert(0, "a", HERE, S0, stamp(8, 1, 1))));

        assertThat(feed(8, 1)).isEmpty();
        try (RowView view = replica.view()) {
            assertThat(Objects.requireNonNull(view.head(RowKeys.row(SPEC.getUuid(), "a")))
                            .getStampsList())
                    .containsExactly(S0);
        }
    }

    @Test
    void refusesAWrongDimensionForGood() {
        RequestOperations request = operations(SPEC, upsert(0, "a", new float[] {1, 2, 3}, S0));
        WriteResult result = replica.writeOne(request);

        assertThat(result.getCode()).isEqualTo(WriteCode.WRITE_CODE_REJECTED);
        assertThat(result.getMessage()).contains("3").contains("2").contains("things");
        assertThat(replica.writeOne(request)).isEqualTo(result);
    }

    @Test
    void doesNotKnowACollectionThatWasNeverCreated() {
        CollectionSpec other = Requests.collection("other", 2);
        assertThat(replica.writeOne(operations(other, upsert(0, "a", HERE, S0))).getCode())
                .isEqualTo(WriteCode.WRITE_CODE_UNKNOWN_COLLECTION);
        assertThat(replica.control(begin(other, 1, 1))).isEqualTo(new Outcome.UnknownCollection());
    }

    @Test
    void appliesAKeyTwiceInOneEntryInOrder() {
        PartitionEntry.Builder entry = PartitionEntry.newBuilder()
                .setWrite(WriteBatch.newBuilder()
                        .addRequests(operations(SPEC, upsert(0, "a", HERE, S0)))
                        .addRequests(operations(SPEC, delete(0, "a")))
                        .addRequests(operations(SPEC, upsert(0, "a", new float[] {5, 6}, S0))));
        Outcome.Written written = (Outcome.Written) replica.apply(entry);

        assertThat(written.answers())
                .extracting(answer -> answer.results().getFirst().getExisted())
                .containsExactly(false, true, false);
        assertThat(collection().getLiveRows()).isEqualTo(1);
    }

    @Test
    void countsRowsThatHaveNoStampDown() {
        replica.write(operations(
                SPEC, upsert(0, "assigned", HERE, S0), upsert(1, "written", HERE, S0), upsert(2, "deleted", HERE, S0)));
        long version = replica.index();
        replica.control(begin(1, 1));
        assertThat(unstamped(1)).isEqualTo(3);

        replica.write(operations(SPEC, upsert(0, "written", HERE, S0, stamp(1, 0, 1))));
        assertThat(unstamped(1)).isEqualTo(2);
        replica.write(operations(SPEC, upsert(0, "new", HERE, S0, stamp(1, 0, 1))));
        assertThat(unstamped(1)).isEqualTo(2);
        replica.write(operations(SPEC, delete(0, "deleted")));
        assertThat(unstamped(1)).isEqualTo(1);
        replica.apply(assign(1, "assigned", version - 1, stamp(1, 2, 5)));
        assertThat(unstamped(1)).as("another version").isEqualTo(1);
        replica.apply(assign(1, "assigned", version, stamp(1, 2, 5)));
        assertThat(unstamped(1)).isZero();
        replica.apply(assign(1, "assigned", version, stamp(1, 2, 5)));
        assertThat(unstamped(1)).isZero();
        assertThat(feed(1, 2)).containsExactly("assigned+");
    }

    @Test
    void tellsBothShardsOfARowThatMoves() {
        replica.control(begin(1, 1));
        replica.write(operations(SPEC, upsert(0, "a", HERE, S0, stamp(1, 0, 1))));
        WriteResult moved = replica.writeOne(operations(SPEC, upsert(0, "a", HERE, S0, stamp(1, 4, 7))));
        replica.write(operations(SPEC, delete(0, "a")));

        assertThat(moved.getLostList()).containsExactly(S0, stamp(1, 0, 1));
        assertThat(feed(1, 0)).containsExactly("a+", "a-");
        assertThat(feed(1, 4)).containsExactly("a+", "a-");
        assertThat(feed(0, 0)).containsExactly("a+", "a+", "a-");
        assertThat(stampedKeys(1, 0)).isZero();
        assertThat(stampedKeys(1, 4)).isZero();
    }

    @Test
    void endsAGenerationWithItsStampsAndItsFeed() {
        replica.control(begin(1, 1));
        replica.write(operations(SPEC, upsert(0, "a", HERE, S0, stamp(1, 0, 1))));
        replica.control(end(0, 1));

        assertThat(feed(0, 0)).isEmpty();
        assertThat(stampedKeys(0, 0)).isZero();
        assertThat(stampedKeys(1, 0)).isEqualTo(1);
        assertThat(collection().getEnded(0).getIndex()).isEqualTo(replica.index());
        assertThat(replica.writeOne(operations(SPEC, upsert(0, "b", HERE, stamp(1, 0, 1))))
                        .getCode())
                .isEqualTo(WriteCode.WRITE_CODE_APPLIED);
    }

    @Test
    void neverBeginsANumberThatEverBeganOrEnded() {
        replica.control(end(5, 1));
        replica.control(begin(5, 1));
        replica.control(begin(4, 1));

        assertThat(collection().getGenerationsList()).hasSize(1);
        assertThat(collection().getLastGeneration()).isEqualTo(5);
    }

    @Test
    void refusesOrdersOfAReplacedController() {
        replica.control(begin(1, 7));

        assertThat(replica.control(end(1, 6))).isEqualTo(new Outcome.StaleEpoch(7));
        assertThat(collection().getGenerationsList()).hasSize(2);
    }

    @Test
    void dropsACollectionForGood() {
        replica.write(operations(SPEC, upsert(0, "a", HERE, S0)));
        replica.control(ControlCommand.newBuilder()
                .setEpoch(1)
                .setDropCollection(DropCollectionOrder.newBuilder().setCollectionUuid(SPEC.getUuid()))
                .build());

        assertThat(replica.control(createCollection(SPEC, 1))).isInstanceOf(Outcome.Refused.class);
        assertThat(replica.writeOne(operations(SPEC, upsert(0, "a", HERE, S0))).getCode())
                .isEqualTo(WriteCode.WRITE_CODE_UNKNOWN_COLLECTION);
        try (RowView view = replica.view()) {
            assertThat(view.head(RowKeys.row(SPEC.getUuid(), "a"))).isNull();
            assertThat(view.dropped(SPEC.getUuid())).isTrue();
        }
        replica.restartFromCheckpoint();
        assertThat(replica.control(createCollection(SPEC, 1))).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void keepsTheCellMapsOfLiveGenerationsAlone() {
        for (int generation = 1; generation <= 20; generation++) {
            putBlob(digest(generation));
            replica.control(begin(SPEC, generation, digest(generation)));
            replica.control(end(generation - 1, 1));
        }

        assertThat(IntStream.range(1, 20).map(generation -> chunks(digest(generation))))
                .containsOnly(0);
        assertThat(chunks(digest(20))).isEqualTo(BLOB_CHUNKS);
    }

    @Test
    void deletesACellMapWithTheLastGenerationThatHasIt() {
        CollectionSpec other = Requests.collection("others", 2);
        replica.control(createCollection(other, 1));
        putBlob(digest(1));
        replica.control(begin(SPEC, 1, digest(1)));
        replica.control(begin(other, 1, digest(1)));

        replica.control(end(1, 1));
        assertThat(chunks(digest(1))).isEqualTo(BLOB_CHUNKS);
        replica.control(ControlCommand.newBuilder()
                .setEpoch(1)
                .setDropCollection(DropCollectionOrder.newBuilder().setCollectionUuid(other.getUuid()))
                .build());
        assertThat(chunks(digest(1))).isZero();
    }

    @Test
    void deletesTheBlobsThatAnEndNamesButNotTheCellMapOfALiveGeneration() {
        putBlob(digest(1));
        putBlob(digest(2));
        replica.control(begin(SPEC, 1, digest(1)));

        replica.control(ControlCommand.newBuilder()
                .setEpoch(1)
                .setEndGeneration(EndGenerationOrder.newBuilder()
                        .setCollectionUuid(SPEC.getUuid())
                        .addBlobs(digest(1))
                        .addBlobs(digest(2)))
                .build());

        assertThat(chunks(digest(1))).isEqualTo(BLOB_CHUNKS);
        assertThat(chunks(digest(2))).isZero();
    }

    private void putBlob(ByteString digest) {
        for (int chunk = 0; chunk < BLOB_CHUNKS; chunk++) {
            replica.control(ControlCommand.newBuilder()
                    .setEpoch(1)
                    .setPutBlob(PutBlobOrder.newBuilder()
                            .setDigest(digest)
                            .setChunk(chunk)
                            .setChunkCount(BLOB_CHUNKS))
                    .build());
        }
    }

    private static ByteString digest(int number) {
        byte[] digest = new byte[32];
        digest[0] = (byte) number;
        return ByteString.copyFrom(digest);
    }

    private int chunks(ByteString digest) {
        return count(Family.BLOBS, digest.toByteArray());
    }

    @Test
    void trimsTheFeedOfEveryShard() {
        replica.control(begin(1, 1));
        replica.write(operations(SPEC, upsert(0, "a", HERE, S0, stamp(1, 0, 1))));
        replica.write(operations(SPEC, upsert(0, "b", HERE, S0, stamp(1, 2, 1))));
        long upto = replica.index();
        replica.write(operations(SPEC, upsert(0, "c", HERE, S0, stamp(1, 2, 1))));
        replica.apply(PartitionEntry.newBuilder().setTrim(TrimFeed.newBuilder().setUptoIndex(upto)));

        assertThat(feed(0, 0)).containsExactly("c+");
        assertThat(feed(1, 0)).isEmpty();
        assertThat(feed(1, 2)).containsExactly("c+");
        try (RowView view = replica.view()) {
            assertThat(view.applied().getTrimmedIndex()).isEqualTo(upto);
        }
    }

    @Test
    void forgetsResultsAfterTenMinutesOfEntries() {
        RequestOperations request = operations(SPEC, upsert(0, "a", HERE, S0));
        long time = 1_000_000;
        replica.apply(
                replica.index() + 1,
                entry(request).toBuilder().setLeaderTimeMs(time).build());
        long end = time + ResultLog.KEPT_MS;
        for (long now = time + ResultClock.MAX_STEP_MS; now <= end; now += ResultClock.MAX_STEP_MS) {
            replica.apply(replica.index() + 1, barrier(now));
        }
        assertThat(results()).isEqualTo(1);
        replica.apply(replica.index() + 1, barrier(end + 1));
        replica.apply(replica.index() + 1, barrier(end + 1));

        assertThat(results()).isZero();
        try (RowView view = replica.view()) {
            assertThat(view.applied().getResultCount()).isZero();
        }
    }

    @Test
    void remembersARequestThoughAClockIsAnHourAhead() {
        long time = 1_000_000;
        long ahead = time + 3_600_000;
        RequestOperations request = operations(SPEC, upsert(0, "a", HERE, S0));
        long first = version(entry(request), time);
        replica.apply(replica.index() + 1, barrier(ahead));
        RequestOperations later = operations(SPEC, upsert(0, "a", HERE, S0));
        long newer = version(entry(later), time + 1);
        replica.apply(replica.index() + 1, barrier(ahead + 1));

        assertThat(version(entry(request), ahead + 2)).isEqualTo(first);
        try (RowView view = replica.view()) {
            assertThat(Objects.requireNonNull(view.head(RowKeys.row(SPEC.getUuid(), "a")))
                            .getVersion())
                    .isEqualTo(newer);
        }
    }

    @Test
    void countsNoTimeTwiceWhereEntriesOvertakeEachOther() {
        long time = 1_000_000;
        replica.apply(replica.index() + 1, barrier(time));
        long before = resultClock();
        for (int i = 0; i < 10; i++) {
            replica.apply(replica.index() + 1, barrier(time + 10));
            replica.apply(replica.index() + 1, barrier(time));
        }

        assertThat(resultClock()).isEqualTo(before + 10);
    }

    private long resultClock() {
        try (RowView view = replica.view()) {
            return view.applied().getResultClockMs();
        }
    }

    /** Of the first record of the first request that an entry writes. */
    private long version(PartitionEntry entry, long time) {
        Outcome outcome = replica.apply(
                replica.index() + 1, entry.toBuilder().setLeaderTimeMs(time).build());
        return ((Outcome.Written) outcome)
                .answers()
                .getFirst()
                .results()
                .getFirst()
                .getVersion();
    }

    @Test
    void neverLetsLogTimeGoBack() {
        replica.apply(replica.index() + 1, barrier(9_000_000));
        replica.apply(replica.index() + 1, barrier(5));

        try (RowView view = replica.view()) {
            assertThat(view.applied().getLogTimeMs()).isEqualTo(9_000_000);
        }
    }

    private static PartitionEntry barrier(long time) {
        return PartitionEntry.newBuilder()
                .setLeaderTimeMs(time)
                .setBarrier(BarrierCommand.getDefaultInstance())
                .build();
    }

    private static PartitionEntry entry(RequestOperations operations) {
        return PartitionEntry.newBuilder()
                .setLeaderTimeMs(1)
                .setWrite(WriteBatch.newBuilder().addRequests(operations))
                .build();
    }

    private static ByteString id(long number) {
        return TestNode.uuid(new UUID(0, number));
    }

    private static ControlCommand begin(int generation, long epoch) {
        return begin(SPEC, generation, epoch);
    }

    private static ControlCommand begin(CollectionSpec spec, int generation, long epoch) {
        return ControlCommand.newBuilder()
                .setEpoch(epoch)
                .setBeginGeneration(BeginGenerationOrder.newBuilder()
                        .setCollectionUuid(spec.getUuid())
                        .setGeneration(generation))
                .build();
    }

    private static ControlCommand begin(CollectionSpec spec, int generation, ByteString digest) {
        return ControlCommand.newBuilder()
                .setEpoch(1)
                .setBeginGeneration(BeginGenerationOrder.newBuilder()
                        .setCollectionUuid(spec.getUuid())
                        .setGeneration(generation)
                        .setCellMapDigest(digest))
                .build();
    }

    private static ControlCommand end(int generation, long epoch) {
        return ControlCommand.newBuilder()
                .setEpoch(epoch)
                .setEndGeneration(EndGenerationOrder.newBuilder()
                        .setCollectionUuid(SPEC.getUuid())
                        .setGeneration(generation))
                .build();
    }

    private static PartitionEntry.Builder assign(int generation, String key, long version, Stamp stamp) {
        return PartitionEntry.newBuilder()
                .setAssign(AssignBatch.newBuilder()
                        .setCollectionUuid(SPEC.getUuid())
                        .setGeneration(generation)
                        .addAssignments(Assignment.newBuilder()
                                .setKey(key)
                                .setVersion(version)
                                .setStamp(stamp)));
    }

    private StoredCollection collection() {
        return replica.collection(SPEC.getUuid());
    }

    private long unstamped(int generation) {
        return collection().getGenerationsList().stream()
                .filter(live -> live.getGeneration() == generation)
                .findFirst()
                .orElseThrow()
                .getUnstamped();
    }

    /** The feed of a shard, as "key+" and "key-". */
    private List<String> feed(int generation, int shard) {
        List<String> changes = new ArrayList<>();
        try (RowView view = replica.view();
                RangeIterator i = view.prefix(Family.FEED, RowKeys.shard(SPEC.getUuid(), generation, shard))) {
            for (; i.valid(); i.next()) {
                view.parse(StoredFeedChanges.parser(), i.value())
                        .getChangesList()
                        .forEach(change -> changes.add(change.getKey() + (change.getRemoved() ? "-" : "+")));
            }
        }
        return changes;
    }

    private int stampedKeys(int generation, int shard) {
        return count(Family.STAMPS, RowKeys.shard(SPEC.getUuid(), generation, shard));
    }

    private int results() {
        byte[] all = {};
        byte[] end = new byte[40];
        java.util.Arrays.fill(end, (byte) 0xff);
        try (RowView view = replica.view();
                RangeIterator i = view.range(Family.RESULTS, all, end)) {
            int n = 0;
            for (; i.valid(); i.next()) {
                n++;
            }
            return n;
        }
    }

    private int count(Family family, byte[] prefix) {
        try (RowView view = replica.view();
                RangeIterator i = view.prefix(family, prefix)) {
            int n = 0;
            for (; i.valid(); i.next()) {
                n++;
            }
            return n;
        }
    }
}
