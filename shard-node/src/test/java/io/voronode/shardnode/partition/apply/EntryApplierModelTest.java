package io.voronode.shardnode.partition.apply;

import static io.voronode.proto.internal.v1.WriteCode.WRITE_CODE_APPLIED;
import static io.voronode.proto.internal.v1.WriteCode.WRITE_CODE_CONDITION_FAILED;
import static io.voronode.proto.internal.v1.WriteCode.WRITE_CODE_NOT_FOUND;
import static io.voronode.shardnode.partition.Requests.createCollection;
import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.AssignBatch;
import io.voronode.proto.internal.v1.Assignment;
import io.voronode.proto.internal.v1.BeginGenerationOrder;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.EndGenerationOrder;
import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.StoredBody;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.proto.internal.v1.StoredGeneration;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.proto.internal.v1.WriteCode;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.proto.internal.v1.WriteResult;
import io.voronode.shardnode.partition.Requests;
import io.voronode.shardnode.partition.TestNode;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.wire.VectorBytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random entries against a map, with restarts from checkpoints in between. */
class EntryApplierModelTest {
    private static final CollectionSpec SPEC = Requests.collection("model", 1);
    private static final int KEYS = 60;
    private static final int STEPS = 1_500;
    private static final int SHARDS = 3;

    @TempDir
    private Path folder;

    private record ModelRow(
            long version, long vectorVersion, float value, int payload, SortedMap<Integer, Stamp> stamps) {}

    private final Map<String, ModelRow> rows = new HashMap<>();
    private final SortedMap<Integer, Boolean> live = new TreeMap<>(Map.of(0, true));
    private int lastGeneration;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void agreesWithAMapOverRandomEntriesAndRestarts(long seed) {
        run(seed);
    }

    @Test
    void agreesWithAMapForAFreshSeed() {
        run(System.nanoTime());
    }

    private void run(long seed) {
        Random random = new Random(seed);
        try (TestReplica replica = new TestReplica(folder.resolve("store"))) {
            replica.control(createCollection(SPEC, 1));
            for (int step = 0; step < STEPS; step++) {
                step(random, replica);
                if (step % 50 == 0) {
                    verify(replica, "seed " + seed + ", step " + step);
                }
            }
            verify(replica, "seed " + seed + ", end");
        }
    }

    private void step(Random random, TestReplica replica) {
        int choice = random.nextInt(100);
        if (choice < 75) {
            write(random, replica);
        } else if (choice < 90) {
            assign(random, replica);
        } else if (choice < 94) {
            begin(replica);
        } else if (choice < 97) {
            end(random, replica);
        } else {
            replica.restartFromCheckpoint();
        }
    }

    private void write(Random random, TestReplica replica) {
        List<WriteOperation> operations = new ArrayList<>();
        int count = 1 + random.nextInt(5);
        int first = random.nextInt(KEYS);
        for (int i = 0; i < count; i++) {
            String key = "k" + (first + i) % KEYS;
            operations.add(operation(random, i, key));
        }
        List<WriteResult> results = replica.write(
                        Requests.operations(SPEC, TestNode.uuid(UUID.randomUUID()), operations))
                .results();
        for (int i = 0; i < count; i++) {
            WriteOperation operation = operations.get(i);
            ModelRow before = rows.get(operation.getKey());
            WriteResult result = results.get(i);
            assertThat(result.getExisted()).isEqualTo(before != null && result.getCode() != WRITE_CODE_NOT_FOUND);
            assertThat(result.getCode()).isEqualTo(code(operation, before));
            if (result.getCode() == WRITE_CODE_APPLIED) {
                model(operation, replica.index());
            }
        }
    }

    private WriteOperation operation(Random random, int ordinal, String key) {
        WriteOperation operation = switch (random.nextInt(4)) {
            case 0 -> Requests.delete(ordinal, key);
            case 1 -> Requests.replacePayload(ordinal, key, payload(random.nextInt(1_000)));
            default -> Requests.upsert(ordinal, key, value(random), payload(0), stamps(random));
        };
        return switch (random.nextInt(6)) {
            case 0 -> operation.toBuilder().setIfExists(random.nextBoolean()).build();
            case 1 ->
                operation.toBuilder().setIfVersion(likelyVersion(random, key)).build();
            default -> operation;
        };
    }

    private long likelyVersion(Random random, String key) {
        ModelRow row = rows.get(key);
        return row == null || random.nextInt(3) == 0 ? 2 : row.version;
    }

    private static String payload(int number) {
        return "{\"n\":" + number + "}";
    }

    private static WriteCode code(WriteOperation operation, @Nullable ModelRow row) {
        boolean met = switch (operation.getConditionCase()) {
            case IF_VERSION -> row != null && row.version == operation.getIfVersion();
            case IF_EXISTS -> (row != null) == operation.getIfExists();
            case CONDITION_NOT_SET -> true;
        };
        if (!met) {
            return WRITE_CODE_CONDITION_FAILED;
        }
        return operation.hasUpdatePayload() && row == null ? WRITE_CODE_NOT_FOUND : WRITE_CODE_APPLIED;
    }

    private static float[] value(Random random) {
        return new float[] {random.nextInt(1_000)};
    }

    private Stamp[] stamps(Random random) {
        return live.keySet().stream()
                .map(generation -> stamp(random, generation))
                .toArray(Stamp[]::new);
    }

    private static Stamp stamp(Random random, int generation) {
        int cell = random.nextInt(2 * SHARDS);
        return Requests.stamp(generation, cell % SHARDS, cell);
    }

    private void model(WriteOperation operation, long version) {
        if (operation.hasDelete()) {
            rows.remove(operation.getKey());
            return;
        }
        ModelRow before = rows.get(operation.getKey());
        if (operation.hasUpdatePayload() && before != null) {
            int payload = number(operation.getUpdatePayload().getPayload());
            rows.put(
                    operation.getKey(),
                    new ModelRow(version, before.vectorVersion, before.value, payload, before.stamps));
            return;
        }
        SortedMap<Integer, Stamp> stamps = new TreeMap<>();
        operation.getStampsList().forEach(stamp -> stamps.put(stamp.getGeneration(), stamp));
        float value = VectorBytes.unpack(operation.getUpsert().getVector())[0];
        int payload = number(operation.getUpsert().getPayload());
        rows.put(operation.getKey(), new ModelRow(version, version, value, payload, stamps));
    }

    private static int number(String payload) {
        return Integer.parseInt(payload.replaceAll("\\D", ""));
    }

    private void assign(Random random, TestReplica replica) {
        int generation = live.lastKey();
        String key = "k" + random.nextInt(KEYS);
        ModelRow row = rows.get(key);
        long version = row == null || random.nextInt(10) == 0 ? 1 : row.vectorVersion;
        Stamp stamp = stamp(random, generation);
        replica.apply(PartitionEntry.newBuilder()
                .setAssign(AssignBatch.newBuilder()
                        .setCollectionUuid(SPEC.getUuid())
                        .setGeneration(generation)
                        .addAssignments(Assignment.newBuilder()
                                .setKey(key)
                                .setVersion(version)
                                .setStamp(stamp))));
        if (row != null && version == row.vectorVersion) {
            row.stamps.putIfAbsent(generation, stamp);
        }
    }

    private void begin(TestReplica replica) {
        if (live.size() < 3) {
            lastGeneration++;
            live.put(lastGeneration, true);
            replica.control(ControlCommand.newBuilder()
                    .setEpoch(1)
                    .setBeginGeneration(BeginGenerationOrder.newBuilder()
                            .setCollectionUuid(SPEC.getUuid())
                            .setGeneration(lastGeneration))
                    .build());
        }
    }

    private void end(Random random, TestReplica replica) {
        if (live.size() > 1) {
            int generation = random.nextBoolean() ? live.firstKey() : live.lastKey();
            live.remove(generation);
            replica.control(ControlCommand.newBuilder()
                    .setEpoch(1)
                    .setEndGeneration(EndGenerationOrder.newBuilder()
                            .setCollectionUuid(SPEC.getUuid())
                            .setGeneration(generation))
                    .build());
        }
    }

    private void verify(TestReplica replica, String where) {
        StoredCollection collection = replica.collection(SPEC.getUuid());
        assertThat(collection.getLiveRows()).as(where).isEqualTo(rows.size());
        assertThat(collection.getGenerationsList())
                .as(where)
                .extracting(StoredGeneration::getGeneration)
                .containsExactlyElementsOf(live.keySet());
        try (RowView view = replica.view()) {
            verifyRows(view, where);
            for (StoredGeneration generation : collection.getGenerationsList()) {
                verifyGeneration(view, generation, where + ", generation " + generation.getGeneration());
            }
        }
    }

    private void verifyRows(RowView view, String where) {
        Map<String, Long> stored = new HashMap<>();
        try (RangeIterator heads = view.prefix(Family.HEADS, RowKeys.collection(SPEC.getUuid()))) {
            for (; heads.valid(); heads.next()) {
                String key = RowKeys.keyOfRow(heads.key());
                stored.put(key, view.parse(StoredHead.parser(), heads.value()).getVersion());
                StoredBody body = view.body(heads.key());
                assertThat(body).as(where).isNotNull();
                assertThat(body == null ? null : VectorBytes.unpack(body.getVector()))
                        .as(where)
                        .containsExactly(rows.containsKey(key) ? rows.get(key).value : Float.NaN);
                assertThat(body == null ? -1 : number(body.getPayload()))
                        .as(where)
                        .isEqualTo(rows.containsKey(key) ? rows.get(key).payload : -2);
            }
        }
        Map<String, Long> wanted = new HashMap<>();
        rows.forEach((key, row) -> wanted.put(key, row.version));
        assertThat(stored).as(where).isEqualTo(wanted);
    }

    private void verifyGeneration(RowView view, StoredGeneration generation, String where) {
        Map<String, Integer> cells = new HashMap<>();
        try (RangeIterator stamps =
                view.prefix(Family.STAMPS, RowKeys.generation(SPEC.getUuid(), generation.getGeneration()))) {
            for (; stamps.valid(); stamps.next()) {
                assertThat(cells.put(RowKeys.keyOfStamp(stamps.key()), RowKeys.bigEndian(stamps.value())))
                        .as(where)
                        .isNull();
            }
        }
        Map<String, Integer> wanted = new HashMap<>();
        rows.forEach((key, row) -> {
            Stamp stamp = row.stamps.get(generation.getGeneration());
            if (stamp != null) {
                wanted.put(key, stamp.getCell());
            }
        });
        assertThat(cells).as(where).isEqualTo(wanted);
        assertThat(generation.getUnstamped()).as(where).isEqualTo(rows.size() - wanted.size());
    }
}
