package io.voronode.shardnode.feed;

import static io.voronode.shardnode.partition.Requests.control;
import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static io.voronode.shardnode.partition.Requests.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.BarrierRequest;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.shardnode.partition.Requests;
import io.voronode.shardnode.partition.TestNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An entry is small, but what became of the rows that it names can be larger than the window. */
class LargeEntryTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    private static final int ROWS = 200;

    @TempDir
    private Path folder;

    @Test
    void isFinishedAlthoughItsRowsExceedTheWindow() {
        try (TestNode node = TestNode.withDefaults(folder)) {
            node.formAlone(0);
            node.rows().control(control(0, createCollection(SPEC, 1)));
            Position start = node.rows()
                    .barrier(BarrierRequest.newBuilder().setPartition(0).build())
                    .getPosition();
            Position small = put(node, rows("{}"));
            String payload = "\"" + "x".repeat(60_000) + "\"";
            for (WriteOperation large : rows(payload)) {
                put(node, List.of(large));
            }

            Follower follower = new Follower(node);
            follower.subscribe(1, SPEC.getUuid(), 0, 0, start);
            TestNode.await(
                    "the whole entry",
                    () -> follower.of(1).stream().anyMatch(changes -> changes.getUptoIndex() >= small.getIndex()));

            assertThat(follower.changes(1))
                    .filteredOn(change -> change.getIndex() == small.getIndex())
                    .hasSize(ROWS)
                    .allMatch(change -> change.getRow().getPayload().equals(payload));
            follower.end();
        }
    }

    private static List<WriteOperation> rows(String payload) {
        List<WriteOperation> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            rows.add(upsert(i, "k" + i, new float[] {1, 2}, payload, stamp(0, 0, 0)));
        }
        return rows;
    }

    private static Position put(TestNode node, List<WriteOperation> writes) {
        return node.rows()
                .write(write(0, operations(SPEC, writes.toArray(WriteOperation[]::new))))
                .getPosition();
    }
}
