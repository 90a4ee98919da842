package io.voronode.shardnode.partition;

import static io.voronode.shardnode.partition.Requests.control;
import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.delete;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static io.voronode.shardnode.partition.Requests.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ReadRequest;
import io.voronode.proto.internal.v1.ReadResponse;
import io.voronode.proto.internal.v1.WriteCode;
import io.voronode.proto.internal.v1.WriteResponse;
import io.voronode.wire.VectorBytes;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionHostTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);

    @TempDir
    private Path folder;

    @Test
    void keepsWhatWasAcknowledgedAcrossARestart() {
        try (TestNode node = TestNode.withDefaults(folder)) {
            node.formAlone(0);
            node.rows().control(control(0, createCollection(SPEC, 1)));
            WriteResponse written = node.rows()
                    .write(write(
                            0,
                            operations(
                                    SPEC,
                                    upsert(0, "a", new float[] {1, 2}, "{\"n\":1}", stamp(0, 0, 0)),
                                    upsert(1, "b", new float[] {3, 4}, stamp(0, 0, 0)))));
            assertThat(written.getResultsList())
                    .allSatisfy(result -> assertThat(result.getCode()).isEqualTo(WriteCode.WRITE_CODE_APPLIED));
            node.rows().write(write(0, operations(SPEC, delete(0, "b"))));

            node.restart();
            node.awaitLeader(0);

            ReadResponse read = node.rows()
                    .read(ReadRequest.newBuilder()
                            .setPartition(0)
                            .setCollectionUuid(SPEC.getUuid())
                            .addKeys("a")
                            .addKeys("b")
                            .setWithVector(true)
                            .setWithPayload(true)
                            .setAtLeast(written.getPosition())
                            .build());
            assertThat(read.getRowsList()).hasSize(1);
            assertThat(read.getRows(0).getKey()).isEqualTo("a");
            assertThat(read.getRows(0).getPayload()).isEqualTo("{\"n\":1}");
            assertThat(VectorBytes.unpack(read.getRows(0).getVector())).containsExactly(1, 2);
            assertThat(node.status(0).getCollections(0).getLiveRows()).isEqualTo(1);
        }
    }
}
