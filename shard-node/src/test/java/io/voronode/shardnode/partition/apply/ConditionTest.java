package io.voronode.shardnode.partition.apply;

import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.delete;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.BeginGenerationOrder;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.WriteCode;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.proto.internal.v1.WriteResult;
import io.voronode.shardnode.partition.Requests;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conditions of writes, which apply decides from the state alone. */
class ConditionTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    private static final float[] HERE = {1, 2};

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
    void writesOverTheVersionThatIsWantedAndNoOther() {
        long first = write(put().build()).getVersion();

        WriteResult second = write(put().setIfVersion(first).build());
        WriteResult third = write(put().setIfVersion(first).build());

        assertThat(second.getCode()).isEqualTo(WriteCode.WRITE_CODE_APPLIED);
        assertThat(third.getCode()).isEqualTo(WriteCode.WRITE_CODE_CONDITION_FAILED);
        assertThat(third.getVersion()).isEqualTo(second.getVersion());
        assertThat(third.getExisted()).isTrue();
        assertThat(third.getLostList()).isEmpty();
    }

    @Test
    void insertsOnlyWhereThereIsNoRecord() {
        WriteResult first = write(put().setIfExists(false).build());
        WriteResult second = write(put().setIfExists(false).build());
        write(delete(0, "a"));
        WriteResult third = write(put().setIfExists(false).build());

        assertThat(first.getCode()).isEqualTo(WriteCode.WRITE_CODE_APPLIED);
        assertThat(second.getCode()).isEqualTo(WriteCode.WRITE_CODE_CONDITION_FAILED);
        assertThat(second.getVersion()).isEqualTo(first.getVersion());
        assertThat(third.getCode()).as("a deleted record is none").isEqualTo(WriteCode.WRITE_CODE_APPLIED);
    }

    @Test
    void updatesOnlyWhereThereIsARecord() {
        WriteResult none = write(put().setIfExists(true).build());
        write(put().build());
        WriteResult some = write(put().setIfExists(true).build());

        assertThat(none.getCode()).isEqualTo(WriteCode.WRITE_CODE_CONDITION_FAILED);
        assertThat(none.getVersion()).isZero();
        assertThat(none.getExisted()).isFalse();
        assertThat(some.getCode()).isEqualTo(WriteCode.WRITE_CODE_APPLIED);
    }

    @Test
    void deletesTheVersionThatIsWantedAndNoOther() {
        long version = write(put().build()).getVersion();

        WriteResult other = write(remove(version + 1));
        WriteResult right = write(remove(version));
        WriteResult gone = write(remove(version));

        assertThat(other.getCode()).isEqualTo(WriteCode.WRITE_CODE_CONDITION_FAILED);
        assertThat(other.getVersion()).isEqualTo(version);
        assertThat(right.getCode()).isEqualTo(WriteCode.WRITE_CODE_APPLIED);
        assertThat(gone.getCode()).isEqualTo(WriteCode.WRITE_CODE_CONDITION_FAILED);
        assertThat(gone.getVersion()).isZero();
        assertThat(replica.collection(SPEC.getUuid()).getLiveRows()).isZero();
    }

    @Test
    void answersARepetitionAsItAnsweredFirstWhateverHappenedMeanwhile() {
        RequestOperations met = operations(SPEC, put().setIfExists(false).build());
        RequestOperations unmet = operations(SPEC, remove(99));
        WriteResult metFirst = replica.writeOne(met);
        WriteResult unmetFirst = replica.writeOne(unmet);
        for (long i = replica.index(); i < 98; i++) {
            write(put().build());
        }
        assertThat(write(put().build()).getVersion()).isEqualTo(99);

        replica.restartFromCheckpoint();

        assertThat(replica.writeOne(met)).isEqualTo(metFirst);
        assertThat(replica.writeOne(unmet)).isEqualTo(unmetFirst);
        assertThat(replica.collection(SPEC.getUuid()).getLiveRows()).isEqualTo(1);
    }

    @Test
    void makesEqualReplicasOfEqualEntries() {
        try (TestReplica other = new TestReplica(folder.resolve("b"))) {
            other.control(createCollection(SPEC, 1));
            RequestOperations[] requests = {
                operations(SPEC, put().setIfExists(false).build()),
                operations(SPEC, put().setIfExists(false).build()),
                operations(SPEC, put().setIfVersion(2).build()),
                operations(SPEC, remove(2)),
            };
            for (RequestOperations request : requests) {
                assertThat(other.write(request)).isEqualTo(replica.write(request));
            }
            assertThat(other.contentHash()).isEqualTo(replica.contentHash());
        }
    }

    @Test
    void changesNothingButTheResultWhereTheConditionIsNotMet() {
        write(put().build());
        long version = replica.collection(SPEC.getUuid()).getGenerations(0).getStampedIndex();
        replica.control(ControlCommand.newBuilder()
                .setEpoch(1)
                .setBeginGeneration(BeginGenerationOrder.newBuilder()
                        .setCollectionUuid(SPEC.getUuid())
                        .setGeneration(1))
                .build());

        // It lacks a stamp, too, which would not be told for good.
        WriteResult result = write(put().setIfExists(false).build());

        assertThat(result.getCode()).isEqualTo(WriteCode.WRITE_CODE_CONDITION_FAILED);
        assertThat(replica.collection(SPEC.getUuid()).getGenerations(0).getStampedIndex())
                .isEqualTo(version);
        assertThat(replica.collection(SPEC.getUuid()).getGenerations(1).getUnstamped())
                .isEqualTo(1);
    }

    private WriteResult write(WriteOperation operation) {
        return replica.writeOne(operations(SPEC, operation));
    }

    private static WriteOperation.Builder put() {
        return upsert(0, "a", HERE, stamp(0, 0, 0)).toBuilder();
    }

    private static WriteOperation remove(long version) {
        return delete(0, "a").toBuilder().setIfVersion(version).build();
    }
}
