package io.voronode.coordinator.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.verify.Finding.Kind;
import io.voronode.proto.internal.v1.IndexRecord;
import io.voronode.proto.internal.v1.RowDigest;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VerificationTest {
    private static final int ROWS = 700;
    private static final int UNHURRIED = 1_000_000;

    private final FakeCopies copies = new FakeCopies(1);
    private final List<Finding> found = new ArrayList<>();
    private final List<Replica.OfShard> mended = new ArrayList<>();

    private final Verification.Listener listener = new Verification.Listener() {
        @Override
        public void found(Finding finding) {
            found.add(finding);
        }

        @Override
        public void repairing(Replica.OfShard replica, boolean done) {
            if (done) {
                mended.add(replica);
                found.clear();
            }
        }
    };

    private Verification verify(boolean repairs) {
        Verification verification = new Verification(copies, repairs, new Pace(UNHURRIED, System::nanoTime), listener);
        while (verification.step()) {}
        return verification;
    }

    private void fill() {
        for (int i = 0; i < ROWS; i++) {
            copies.upsert("key-" + i);
        }
        for (int i = 0; i < ROWS; i += 7) {
            copies.delete("key-" + i);
        }
    }

    private static IndexRecord.Builder record(RowDigest row) {
        return IndexRecord.newBuilder()
                .setKey(row.getKey())
                .setVersion(row.getVersion())
                .setCell(row.getStamp().getCell());
    }

    @Test
    void findsNothingWhereAllIsAsItShouldBe() {
        fill();

        Verification verification = verify(false);

        assertThat(found).isEmpty();
        assertThat(verification.progress().compared()).isEqualTo(ROWS - ROWS / 7);
        assertThat(verification.progress().total()).isEqualTo(ROWS - ROWS / 7);
        assertThat(verification.compared()).isEqualTo(new Verification.Compared(9, 4, 0));
    }

    @Test
    void findsNothingInAnEmptyCollection() {
        assertThat(verify(false).progress().compared()).isZero();
        assertThat(found).isEmpty();
    }

    @Test
    void tellsEachWayInWhichAnIndexCanDiffer() {
        fill();
        RowDigest missing = copies.row("key-1");
        RowDigest old = copies.row("key-2");
        RowDigest moved = copies.row("key-3");
        RowDigest twice = copies.row("key-4");
        RowDigest lost = copies.row("key-5");
        spoil("b", missing);
        spoil("a", old, record(old).setVersion(old.getVersion() - 1).build());
        spoil("a", moved, record(moved).setCell(moved.getStamp().getCell() + 1).build());
        spoil("b", twice, record(twice).build(), record(twice).build());
        spoil("b", lost, record(lost).clearCell().build());
        IndexRecord never = IndexRecord.newBuilder()
                .setKey("never")
                .setVersion(1)
                .setCell(0)
                .build();
        copies.spoilRecords("a", 0, "never", never);
        IndexRecord deleted = IndexRecord.newBuilder()
                .setKey("key-7")
                .setVersion(2)
                .setCell(1)
                .build();
        copies.spoilRecords("b", 1, "key-7", deleted);

        verify(false);

        assertThat(found)
                .extracting(
                        Finding::kind,
                        Finding::key,
                        finding -> finding.replica().node())
                .containsExactlyInAnyOrder(
                        tuple(Kind.RECORD_MISSING, "key-1", "b"),
                        tuple(Kind.RECORD_VERSION, "key-2", "a"),
                        tuple(Kind.RECORD_CELL, "key-3", "a"),
                        tuple(Kind.RECORD_DUPLICATE, "key-4", "b"),
                        tuple(Kind.RECORD_CELL, "key-5", "b"),
                        tuple(Kind.RECORD_EXTRA, "never", "a"),
                        tuple(Kind.RECORD_EXTRA, "key-7", "b"));
        assertThat(found)
                .filteredOn(finding -> finding.key().equals("key-2"))
                .first()
                .satisfies(finding -> {
                    assertThat(finding.expected()).contains("version " + old.getVersion());
                    assertThat(finding.found()).contains("version " + (old.getVersion() - 1));
                });
    }

    private void spoil(String node, RowDigest row, IndexRecord... records) {
        copies.spoilRecords(node, row.getStamp().getShard(), row.getKey(), records);
    }

    @Test
    void aRecordInTwoShardsIsExtraInTheOne() {
        fill();
        RowDigest row = copies.row("key-1");
        copies.spoilRecords(
                "a", 1 - row.getStamp().getShard(), "key-1", record(row).build());

        verify(false);

        assertThat(found).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Kind.RECORD_EXTRA);
            assertThat(finding.replica())
                    .isEqualTo(new Replica.OfShard(1, 1 - row.getStamp().getShard(), "a"));
        });
    }

    @Test
    void tellsEachWayInWhichRowsCanDifferAndWhoIsAlone() {
        fill();
        copies.spoilRow("b", "key-1", null);
        copies.spoilRow(
                "a",
                "key-2",
                copies.row("key-2").toBuilder()
                        .setContent(ByteString.copyFromUtf8("other"))
                        .build());
        copies.spoilRow(
                "c",
                "key-3",
                copies.row("key-3").toBuilder()
                        .setVersion(copies.row("key-3").getVersion() - 1)
                        .build());
        copies.spoilRow(
                "c",
                "key-7",
                copies.row("key-8").toBuilder().setKey("key-7").setVersion(1).build());
        copies.spoilRow(
                "b", "key-4", copies.row("key-4").toBuilder().setListed(false).build());

        verify(false);

        assertThat(found)
                .extracting(
                        Finding::kind,
                        Finding::key,
                        finding -> finding.replica().node())
                .containsExactlyInAnyOrder(
                        tuple(Kind.ROW_MISSING, "key-1", "b"),
                        tuple(Kind.ROW_CONTENT, "key-2", "a"),
                        tuple(Kind.ROW_VERSION, "key-3", "c"),
                        tuple(Kind.ROW_EXTRA, "key-7", "c"),
                        tuple(Kind.ROW_NOT_LISTED, "key-4", "b"));
    }

    @Test
    void whatAllReplicasHaveAlikeIsToldWhereItIsWrongInItself() {
        fill();
        RowDigest unlisted = copies.row("key-1").toBuilder().setListed(false).build();
        FakeCopies.NODES.forEach(node -> copies.spoilRow(node, "key-1", unlisted));

        verify(false);

        assertThat(found).singleElement().extracting(Finding::kind).isEqualTo(Kind.ROW_NOT_LISTED);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isNotMisledByWritesThatGoOn(long seed) {
        fill();
        Random random = new Random(seed);
        copies.whileAsked(() -> {
            for (int i = 0; i < 5; i++) {
                String key = "key-" + random.nextInt(ROWS);
                if (random.nextInt(3) == 0) {
                    copies.delete(key);
                } else {
                    copies.upsert(key);
                }
            }
        });

        Verification verification = verify(false);

        assertThat(found).as("seed %d", seed).isEmpty();
        assertThat(verification.progress().unsettled()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void findsWhatIsWrongWhileWritesGoOn(long seed) {
        fill();
        RowDigest row = copies.row("key-1");
        spoil("b", row);
        copies.spoilRow("c", "key-2", null);
        Random random = new Random(seed);
        copies.whileAsked(() -> copies.upsert("key-" + (10 + random.nextInt(ROWS - 10))));

        verify(false);

        assertThat(found)
                .extracting(Finding::kind, Finding::key)
                .containsExactlyInAnyOrder(tuple(Kind.RECORD_MISSING, "key-1"), tuple(Kind.ROW_MISSING, "key-2"));
    }

    @Test
    void buildsReplicasOfShardsAnewAndComparesOnceMore() {
        fill();
        RowDigest row = copies.row("key-1");
        spoil("b", row);
        copies.spoilRow("c", "key-2", null);

        Verification verification = verify(true);

        assertThat(copies.rebuilds).isEqualTo(1);
        assertThat(mended).containsExactly(new Replica.OfShard(1, row.getStamp().getShard(), "b"));
        assertThat(found).extracting(Finding::kind).containsExactly(Kind.ROW_MISSING);
        assertThat(verification.progress().round()).isEqualTo(2);
        assertThat(verification.progress().differences()).isEqualTo(1);
        assertThat(verification.compared().repaired()).isEqualTo(1);
    }

    @Test
    void doesNotTakeTheOnlyReplicaThatServesOutOfService() {
        copies.upsert("one");
        RowDigest row = copies.row("one");
        copies.spoilRecords("a", row.getStamp().getShard(), "one");
        copies.silence("b");

        assertThatThrownBy(() -> verify(true))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("on node a differs and is not built anew")
                .hasMessageContaining("nodes b answer");
        assertThat(copies.rebuilds).isZero();
    }

    @Test
    void repairsNothingWhereNothingIsWrong() {
        fill();

        assertThat(verify(true).progress().round()).isEqualTo(1);
        assertThat(copies.rebuilds).isZero();
    }

    @Test
    void tellsOnceOfAReplicaThatDoesNotAnswer() {
        fill();
        copies.silence("a");

        Verification verification = verify(false);

        assertThat(found).hasSize(FakeCopies.PARTITIONS + FakeCopies.SHARDS);
        assertThat(found).extracting(Finding::kind).containsOnly(Kind.REPLICA_NOT_COMPARED);
        assertThat(verification.progress().differences()).isEqualTo(found.size());
        assertThat(verification.compared()).isEqualTo(new Verification.Compared(6, 2, 0));
    }

    @Test
    void cannotGoOnWithoutAnyReplicaOfAPartition() {
        fill();
        FakeCopies.NODES.forEach(copies::silence);

        assertThatThrownBy(() -> verify(false))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("no replica of partition");
    }

    @Test
    void beginsARangeAgainWhenAnotherGenerationServes() {
        fill();
        AtomicInteger calls = new AtomicInteger();
        copies.whileAsked(() -> {
            if (calls.incrementAndGet() == 10) {
                copies.switchGeneration(all -> {
                    for (int i = 0; i < ROWS; i++) {
                        all.upsert("key-" + i);
                    }
                });
            }
        });

        Verification verification = verify(false);

        assertThat(found).isEmpty();
        assertThat(verification.progress().compared()).isEqualTo(ROWS);
    }
}
