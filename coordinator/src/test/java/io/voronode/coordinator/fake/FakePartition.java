package io.voronode.coordinator.fake;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.LiveGeneration;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.Stamp;
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

    /** Goes on as another history. */
    synchronized Position position() {
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
        WriteResult result = apply(operation);
        done.put(id, result);
        return result;
    }

    private WriteResult apply(WriteOperation operation) {
        appliedWrites++;
        StoredRow before = rows.remove(operation.getKey());
        if (operation.hasUpsert()) {
            rows.put(operation.getKey(), new StoredRow(row(operation), operation.getStampsList()));
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
