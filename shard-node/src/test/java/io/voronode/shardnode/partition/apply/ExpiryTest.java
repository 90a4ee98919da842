package io.voronode.shardnode.partition.apply;

import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.delete;
import static io.voronode.shardnode.partition.Requests.expiring;
import static io.voronode.shardnode.partition.Requests.mergePayload;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.BeginGenerationOrder;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.DropCollectionOrder;
import io.voronode.proto.internal.v1.ExpireBatch;
import io.voronode.proto.internal.v1.ExpiredRow;
import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.StoredFeedChange;
import io.voronode.proto.internal.v1.StoredFeedChanges;
import io.voronode.proto.internal.v1.StoredGeneration;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.proto.internal.v1.WriteBatch;
import io.voronode.proto.internal.v1.WriteCode;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.proto.internal.v1.WriteResult;
import io.voronode.shardnode.partition.Requests;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that expire, which apply decides by the time of the log. */
class ExpiryTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    private static final float[] HERE = {1, 2};
    private static final Stamp S0 = stamp(0, 0, 0);
    private static final long EXPIRY = 50_000;

    @TempDir
    private Path folder;

    private TestReplica replica;
    private long nowMs = 10_000;

    @BeforeEach
    void open() {
        replica = new TestReplica(folder.resolve("a"));
        replica.control(createCollection(SPEC, 1));
    }

    @AfterEach
    void close() {
        replica.close();
    }

    private WriteResult write(WriteOperation operation) {
        return write(replica, operations(SPEC, operation));
    }

    private WriteResult write(TestReplica to, RequestOperations request) {
        Outcome outcome = to.apply(
                to.index() + 1,
                PartitionEntry.newBuilder()
                        .setLeaderTimeMs(nowMs)
                        .setWrite(WriteBatch.newBuilder().addRequests(request))
                        .build());
        return ((Outcome.Written) outcome).answers().getFirst().results().getFirst();
    }

    private Outcome expire(String key, long version) {
        return expire(replica, key, version);
    }

    private Outcome expire(TestReplica at, String key, long version) {
        ExpiredRow row = ExpiredRow.newBuilder()
                .setCollectionUuid(SPEC.getUuid())
                .setKey(key)
                .setVersion(version)
                .build();
        return at.apply(
                at.index() + 1,
                PartitionEntry.newBuilder()
                        .setLeaderTimeMs(nowMs)
                        .setExpire(ExpireBatch.newBuilder().addRows(row))
                        .build());
    }

    private long put(String key) {
        return write(expiring(0, key, HERE, EXPIRY, S0)).getVersion();
    }

    private @Nullable StoredHead head(String key) {
        try (RowView view = replica.view()) {
            return view.head(RowKeys.row(SPEC.getUuid(), key));
        }
    }

    private long rows() {
        return replica.collection(SPEC.getUuid()).getLiveRows();
    }

    private List<String> expiries() {
        List<String> found = new ArrayList<>();
        try (RowView view = replica.view();
                RangeIterator i = view.expiries(SPEC.getUuid(), Long.MAX_VALUE - 1)) {
            for (; i.valid(); i.next()) {
                found.add(RowKeys.timeOfExpiry(i.key()) + " " + RowKeys.keyOfExpiry(i.key()));
            }
        }
        return found;
    }

    private List<StoredFeedChange> lastFeed() {
        List<StoredFeedChange> last = List.of();
        try (RowView view = replica.view();
                RangeIterator i = view.prefix(Family.FEED, RowKeys.shard(SPEC.getUuid(), 0, 0))) {
            for (; i.valid(); i.next()) {
                last = view.parse(StoredFeedChanges.parser(), i.value()).getChangesList();
            }
        }
        return last;
    }

    @Test
    void anExpiredRowIsNoneForConditionsFromItsExpiryOn() {
        long version = put("a");
        nowMs = EXPIRY - 1;
        WriteOperation insert =
                upsert(0, "a", HERE, S0).toBuilder().setIfExists(false).build();
        WriteResult early = write(insert);
        nowMs = EXPIRY;
        WriteResult update =
                write(upsert(0, "a", HERE, S0).toBuilder().setIfVersion(version).build());
        WriteResult late = write(insert);

        assertThat(early.getCode()).isEqualTo(WriteCode.WRITE_CODE_CONDITION_FAILED);
        assertThat(early.getVersion()).isEqualTo(version);
        assertThat(update.getCode()).isEqualTo(WriteCode.WRITE_CODE_CONDITION_FAILED);
        assertThat(update.getVersion()).isZero();
        assertThat(update.getExisted()).isFalse();
        assertThat(late.getCode()).isEqualTo(WriteCode.WRITE_CODE_APPLIED);
        assertThat(late.getExisted()).isFalse();
    }

    @Test
    void aWriteOverAnExpiredRowTakesItsPlaceInCountersAndFeed() {
        put("a");
        nowMs = EXPIRY;

        WriteResult result = write(upsert(0, "a", HERE, S0));

        assertThat(result.getExisted()).isFalse();
        assertThat(result.getLostList()).as("the index may have it still").containsExactly(S0);
        assertThat(rows()).isEqualTo(1);
        assertThat(expiries()).isEmpty();
        assertThat(Objects.requireNonNull(head("a")).getExpireTimeMs()).isZero();
        assertThat(lastFeed())
                .containsExactly(StoredFeedChange.newBuilder().setKey("a").build());
    }

    @Test
    void aDeleteOfAnExpiredRowFindsNoneAndRemovesIt() {
        put("a");
        nowMs = EXPIRY;

        assertThat(write(delete(0, "a")).getExisted()).isFalse();
        assertThat(head("a")).isNull();
        assertThat(rows()).isZero();
        assertThat(expiries()).isEmpty();
    }

    @Test
    void aChangeOfThePayloadKeepsTheExpiryAndFindsNoExpiredRow() {
        put("a");
        WriteResult early = write(mergePayload(0, "a", "{\"n\":1}"));
        nowMs = EXPIRY;
        WriteResult late = write(mergePayload(0, "a", "{\"n\":2}"));

        assertThat(early.getCode()).isEqualTo(WriteCode.WRITE_CODE_APPLIED);
        assertThat(Objects.requireNonNull(head("a")).getExpireTimeMs()).isEqualTo(EXPIRY);
        assertThat(expiries()).containsExactly(EXPIRY + " a");
        assertThat(late.getCode()).isEqualTo(WriteCode.WRITE_CODE_NOT_FOUND);
    }

    @Test
    void anUpsertSetsAnotherExpiryOrNone() {
        put("a");
        write(expiring(0, "a", HERE, EXPIRY + 7, S0));
        assertThat(expiries()).containsExactly((EXPIRY + 7) + " a");

        write(upsert(0, "a", HERE, S0));
        assertThat(expiries()).isEmpty();
    }

    @Test
    void anExpiryThatIsPastIsTheTimeOfTheLog() {
        write(expiring(0, "a", HERE, 5, S0));

        assertThat(expiries()).containsExactly(nowMs + " a");
        assertThat(write(mergePayload(0, "a", "{}")).getCode()).isEqualTo(WriteCode.WRITE_CODE_NOT_FOUND);
    }

    @Test
    void countsTheRowsThatExpire() {
        put("a");
        put("a");
        put("b");
        assertThat(replica.collection(SPEC.getUuid()).getExpiringRows()).isEqualTo(2);

        write(upsert(0, "a", HERE, S0));
        write(delete(0, "b"));
        assertThat(replica.collection(SPEC.getUuid()).getExpiringRows()).isZero();
    }

    @Test
    void removesAnExpiredRowOnceAndTellsTheFeed() {
        long version = put("a");
        long other = put("b");
        nowMs = EXPIRY;

        assertThat(expire("a", version)).isEqualTo(new Outcome.Expired(1));
        assertThat(lastFeed())
                .containsExactly(StoredFeedChange.newBuilder()
                        .setKey("a")
                        .setRemoved(true)
                        .build());
        assertThat(expire("a", version)).isEqualTo(new Outcome.Expired(0));
        assertThat(rows()).isEqualTo(1);
        assertThat(expiries()).containsExactly(EXPIRY + " b");
        assertThat(head("b")).isNotNull();
        assertThat(other).isPositive();
    }

    @Test
    void removesNothingThatWasWrittenSinceOrHasNotExpiredByTheTimeOfTheLog() {
        long version = put("a");
        nowMs = EXPIRY - 1;
        assertThat(expire("a", version)).as("too early").isEqualTo(new Outcome.Expired(0));
        nowMs = EXPIRY;
        write(expiring(0, "a", HERE, EXPIRY, S0));
        assertThat(expire("a", version)).as("another version").isEqualTo(new Outcome.Expired(0));
        long forEver = write(upsert(0, "a", HERE, S0)).getVersion();
        assertThat(expire("a", forEver)).as("never expires").isEqualTo(new Outcome.Expired(0));
        assertThat(expire("nothing", 1)).isEqualTo(new Outcome.Expired(0));

        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void goesByTheLatestTimeThatTheLogHasSeen() {
        long version = put("a");
        nowMs = EXPIRY + 5;
        write(upsert(0, "b", HERE, S0));
        nowMs = 10_000; // another leader, whose clock is behind

        assertThat(write(mergePayload(0, "a", "{}")).getCode()).isEqualTo(WriteCode.WRITE_CODE_NOT_FOUND);
        assertThat(expire("a", version)).isEqualTo(new Outcome.Expired(1));
    }

    @Test
    void aRepeatedUpsertIsAnsweredAsBeforeThoughItsRowHasExpired() {
        RequestOperations request = operations(SPEC, expiring(0, "a", HERE, EXPIRY, S0));
        WriteResult first = write(replica, request);
        nowMs = EXPIRY;
        expire("a", first.getVersion());

        assertThat(write(replica, request)).isEqualTo(first);
        assertThat(head("a")).isNull();
    }

    @Test
    void countsTheRowsWithoutStampsWhereAnUnstampedOneIsRemoved() {
        long version = put("a");
        replica.control(ControlCommand.newBuilder()
                .setEpoch(1)
                .setBeginGeneration(BeginGenerationOrder.newBuilder()
                        .setCollectionUuid(SPEC.getUuid())
                        .setGeneration(1))
                .build());
        nowMs = EXPIRY;
        expire("a", version);

        assertThat(replica.collection(SPEC.getUuid()).getGenerationsList())
                .extracting(StoredGeneration::getUnstamped)
                .containsExactly(0L, 0L);
    }

    @Test
    void forgetsTheExpiriesOfADroppedCollection() {
        put("a");
        replica.control(ControlCommand.newBuilder()
                .setEpoch(1)
                .setDropCollection(DropCollectionOrder.newBuilder().setCollectionUuid(SPEC.getUuid()))
                .build());
        nowMs = EXPIRY;

        assertThat(expiries()).isEmpty();
        assertThat(expire("a", 2)).isEqualTo(new Outcome.Expired(0));
    }

    @Test
    void makesEqualReplicasOfEqualEntriesAlsoWhenTheyAreReplayed() {
        try (TestReplica other = new TestReplica(folder.resolve("b"))) {
            other.control(createCollection(SPEC, 1));
            List<RequestOperations> requests = List.of(
                    operations(SPEC, expiring(0, "a", HERE, EXPIRY, S0)),
                    operations(SPEC, expiring(0, "b", HERE, EXPIRY + 1, S0)),
                    operations(SPEC, upsert(0, "b", HERE, S0)));
            for (TestReplica each : List.of(replica, other)) {
                nowMs = 10_000;
                requests.forEach(request -> write(each, request));
                if (each == other) {
                    each.restartFromCheckpoint();
                }
                nowMs = EXPIRY;
                expire(each, "a", 2);
                expire(each, "b", 3);
            }

            assertThat(other.contentHash()).isEqualTo(replica.contentHash());
            assertThat(rows()).isEqualTo(1);
        }
    }
}
