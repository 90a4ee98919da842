package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.WriteBatch;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.shardnode.partition.EntryPacker.Queued;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryPackerTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 1);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void packsEverythingOnceInTheOrderOfEachKeyWithinTheBounds(long seed) {
        Random random = new Random(seed);
        EntryPacker packer = new EntryPacker();
        int count = 0;
        for (int request = 0; request < 200; request++) {
            List<WriteOperation> operations = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(20); i++) {
                String payload = "x".repeat(random.nextInt(random.nextInt(20) == 0 ? 60_000 : 100));
                // The ordinal tells the arrival.
                operations.add(Requests.upsert(count++, "k" + random.nextInt(300), new float[1], payload));
            }
            PendingWrite pending =
                    new PendingWrite(Requests.operations(SPEC, operations.toArray(WriteOperation[]::new)));
            for (int place = 0; place < operations.size(); place++) {
                packer.add(new Queued(pending, place));
            }
        }

        Map<String, Integer> lastOfKey = new HashMap<>();
        int packed = 0;
        while (!packer.isEmpty()) {
            WriteBatch batch = packer.pack().batch();
            packed += verify(batch, lastOfKey, "seed " + seed);
        }

        assertThat(packed).as("seed " + seed).isEqualTo(count);
    }

    private static int verify(WriteBatch batch, Map<String, Integer> lastOfKey, String where) {
        Set<String> keys = new HashSet<>();
        int operations = 0;
        for (RequestOperations request : batch.getRequestsList()) {
            for (WriteOperation operation : request.getOperationsList()) {
                assertThat(keys.add(operation.getKey())).as(where).isTrue();
                Integer before = lastOfKey.put(operation.getKey(), operation.getOrdinal());
                assertThat(operation.getOrdinal()).as(where).isGreaterThan(before == null ? -1 : before);
                operations++;
            }
        }
        assertThat(operations).as(where).isBetween(1, EntryPacker.MAX_OPERATIONS);
        assertThat(batch.getSerializedSize()).as(where).isLessThanOrEqualTo(EntryPacker.MAX_ENTRY_BYTES + 1_024);
        return operations;
    }
}
