package io.voronode.coordinator.fake;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.LiveGeneration;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.UpdatePayloadAction;
import io.voronode.proto.internal.v1.UpsertAction;
import io.voronode.proto.internal.v1.WriteCode;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.proto.internal.v1.WriteResponse;
import io.voronode.proto.internal.v1.WriteResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One partition: what all its replicas hold, always the same. Guarded by its monitor. */
public final class FakePartition {
    private final int number;
    private final ByteString lineage;
    private final SortedMap<String, StoredRow> rows = new TreeMap<>();
    private final Map<String, WriteResult> done = new HashMap<>();
    private final Set<ByteString> collections = new HashSet<>();
    private final SortedMap<Integer, LiveGeneration> generations = new TreeMap<>();
    private String leader;
    private long index;
    private int appliedWrites;

    /** A live row and its stamps. */
    record StoredRow(Row row, List<Stamp> stamps) {}

    FakePartition(int number, String leader) {
        this.number = number;
        this.leader = leader;
        this.lineage = ByteString.copyFromUtf8("lineage-" + number);
    }

    public synchronized void setLeader(String node) {
        leader = node;
    }

    synchronized String leader() {
        return leader;
    }

    /** Takes the collection's records from now on, or (false) does not. */
    public synchronized void know(ByteString collectionUuid, boolean known) {
        if (known) {
            collections.add(collectionUuid);
        } else {
            collections.remove(collectionUuid);
        }
    }

    synchronized boolean knows(ByteString collectionUuid) {
        return collections.contains(collectionUuid);
    }

    /** Begins a generation: writes need stamps for it. */
    public synchronized void begin(int generation, ByteString digest) {
        generations.put(
                generation,
                LiveGeneration.newBuilder()
                        .setGeneration(generation)
                        .setCellMapDigest(digest)
                        .build());
    }

    /** Writes that changed something; a repeated request changes nothing. */
    public synchronized int appliedWrites() {
        return appliedWrites;
    }

    public synchronized void remove(String key) {
        rows.remove(key);
    }

    /** The row gets another version, where this partition has it. */
    public synchronized void touch(String key) {
        index++;
        rows.computeIfPresent(
                key,
                (_, stored) ->
                        new StoredRow(stored.row().toBuilder().setVersion(index).build(), stored.stamps()));
    }

    /** Goes on as another history. */
    public synchronized Position position() {
        return Position.newBuilder()
                .setPartition(number)
                .setLineage(lineage)
                .setIndex(index)
                .build();
    }

    synchronized Position barrier() {
        index++;
        return position();
    }

    synchronized List<StoredRow> rows() {
        return List.copyOf(rows.values());
    }

    synchronized WriteResponse write(RequestOperations request) {
        WriteResponse.Builder response = WriteResponse.newBuilder();
        index++;
        boolean stale = false;
        for (WriteOperation operation : request.getOperationsList()) {
            WriteResult result = write(request, operation);
            stale |= result.getCode() == WriteCode.WRITE_CODE_STALE_MAP;
            response.addResults(result);
        }
        if (stale) {
            response.addAllLiveGenerations(generations.values());
        }
        return response.setPosition(position()).build();
    }

    private WriteResult write(RequestOperations request, WriteOperation operation) {
        if (!collections.contains(request.getCollectionUuid())) {
            return result(operation, WriteCode.WRITE_CODE_UNKNOWN_COLLECTION);
        }
        String id = request.getRequestId().toStringUtf8() + "/"
                + request.getRequestId().hashCode() + "/" + operation.getOrdinal();
        WriteResult known = done.get(id);
        if (known != null) {
            return known;
        }
        Set<Integer> stamped = new HashSet<>();
        operation.getStampsList().forEach(stamp -> stamped.add(stamp.getGeneration()));
        if (operation.hasUpsert() && !stamped.containsAll(generations.keySet())) {
            return result(operation, WriteCode.WRITE_CODE_STALE_MAP);
        }
        StoredRow before = rows.get(operation.getKey());
        WriteResult result = isMet(operation, before) ? apply(operation) : unmet(operation, before);
        done.put(id, result);
        return result;
    }

    private static boolean isMet(WriteOperation operation, @Nullable StoredRow row) {
        return switch (operation.getConditionCase()) {
            case IF_VERSION -> row != null && row.row().getVersion() == operation.getIfVersion();
            case IF_EXISTS -> operation.getIfExists() == (row != null);
            case CONDITION_NOT_SET -> true;
        };
    }

    private static WriteResult unmet(WriteOperation operation, @Nullable StoredRow row) {
        return result(operation, WriteCode.WRITE_CODE_CONDITION_FAILED).toBuilder()
                .setVersion(row == null ? 0 : row.row().getVersion())
                .setExisted(row != null)
                .build();
    }

    private WriteResult apply(WriteOperation operation) {
        if (operation.hasUpdatePayload() && !rows.containsKey(operation.getKey())) {
            return result(operation, WriteCode.WRITE_CODE_NOT_FOUND);
        }
        appliedWrites++;
        StoredRow before = rows.remove(operation.getKey());
        if (operation.hasUpsert()) {
            rows.put(operation.getKey(), new StoredRow(row(operation), operation.getStampsList()));
        }
        if (operation.hasUpdatePayload() && before != null) {
            rows.put(operation.getKey(), new StoredRow(updated(before.row(), operation), before.stamps()));
        }
        return result(operation, WriteCode.WRITE_CODE_APPLIED).toBuilder()
                .setVersion(index)
                .setExisted(before != null)
                .addAllLost(before == null ? List.of() : before.stamps())
                .build();
    }

    private Row row(WriteOperation operation) {
        UpsertAction upsert = operation.getUpsert();
        return Row.newBuilder()
                .setKey(operation.getKey())
                .setVersion(index)
                .setVector(upsert.getVector())
                .setPayload(upsert.getPayload())
                .setDocument(upsert.getDocument())
                .setMediaType(upsert.getMediaType())
                .setHasDocument(upsert.getHasDocument())
                .setUpdateTimeMs(1_000 + index)
                .setExpireTimeMs(upsert.getExpireTimeMs())
                .build();
    }

    /** A merge shows as the patch behind the payload. */
    private Row updated(Row row, WriteOperation operation) {
        UpdatePayloadAction action = operation.getUpdatePayload();
        return row.toBuilder()
                .setVersion(index)
                .setPayload((action.getMerge() ? row.getPayload() : "") + action.getPayload())
                .build();
    }

    private static WriteResult result(WriteOperation operation, WriteCode code) {
        return WriteResult.newBuilder()
                .setOrdinal(operation.getOrdinal())
                .setCode(code)
                .build();
    }

    synchronized List<Row> page(String afterKey, int limit) {
        List<Row> page = new ArrayList<>();
        for (StoredRow stored : rows.values()) {
            if (stored.row().getKey().compareTo(afterKey) > 0 && page.size() < limit) {
                page.add(stored.row());
            }
        }
        return page;
    }
}
