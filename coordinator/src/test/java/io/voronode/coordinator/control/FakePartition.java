package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.BeginGenerationOrder;
import io.voronode.proto.internal.v1.ChangePeersRequest;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.CreateCollectionOrder;
import io.voronode.proto.internal.v1.PartitionCollectionStatus;
import io.voronode.proto.internal.v1.PartitionGenerationStatus;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.PutBlobOrder;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One partition as the log of it would have it, shared by its replicas. Guarded by the fake cluster. */
final class FakePartition {
    final int number;
    final List<String> orders = new ArrayList<>();
    final Map<ByteString, TreeMap<Integer, ByteString>> blobs = new HashMap<>();
    final Map<ByteString, FakeCollection> collections = new HashMap<>();
    /** Peer ids that vote: at first those of the first target, then what was ordered. Every state since then. */
    final List<Set<String>> voters = new ArrayList<>();

    final Set<ByteString> dropped = new HashSet<>();
    ByteString groupUuid = ByteString.EMPTY;

    long index = 1;
    private long highestEpoch;

    /** One collection's rows and generations. */
    static final class FakeCollection {
        CollectionSpec spec;
        long rows;
        int lastGeneration;
        final TreeMap<Integer, PartitionGenerationStatus> generations = new TreeMap<>();

        FakeCollection(CollectionSpec spec) {
            this.spec = spec;
        }
    }

    FakePartition(int number) {
        this.number = number;
    }

    /** A collection that must be there. */
    FakeCollection collection(ByteString uuid) {
        return Objects.requireNonNull(collections.get(uuid), "unknown collection");
    }

    void apply(ControlCommand command) {
        if (command.getEpoch() < highestEpoch) {
            throw new Conflict(Reason.STALE_EPOCH, "epoch " + command.getEpoch() + " < " + highestEpoch);
        }
        highestEpoch = command.getEpoch();
        index++;
        orders.add(command.getOrderCase().name());
        switch (command.getOrderCase()) {
            case CREATE_COLLECTION -> create(command.getCreateCollection());
            case UPDATE_COLLECTION -> {
                CollectionSpec spec = command.getUpdateCollection().getSpec();
                collection(spec.getUuid()).spec = spec;
            }
            case DROP_COLLECTION -> {
                dropped.add(command.getDropCollection().getCollectionUuid());
                collections.remove(command.getDropCollection().getCollectionUuid());
                command.getDropCollection().getBlobsList().forEach(blobs::remove);
            }
            case BEGIN_GENERATION -> begin(command.getBeginGeneration());
            case END_GENERATION -> {
                FakeCollection collection =
                        collection(command.getEndGeneration().getCollectionUuid());
                int generation = command.getEndGeneration().getGeneration();
                collection.generations.remove(generation);
                collection.lastGeneration = Math.max(collection.lastGeneration, generation);
                command.getEndGeneration().getBlobsList().forEach(blobs::remove);
            }
            case PUT_BLOB -> put(command.getPutBlob());
            case FENCE -> {}
            case ORDER_NOT_SET -> throw new IllegalStateException("empty order");
        }
    }

    /** A target has reached a node. */
    void form(PartitionTarget target) {
        if (voters.isEmpty()) {
            groupUuid = target.getGroupUuid();
            voters.add(ids(target.getPeersList()));
        }
    }

    /** What the leader does, done at once. */
    void changePeers(ChangePeersRequest request) {
        if (request.getEpoch() < highestEpoch) {
            throw new Conflict(Reason.STALE_EPOCH, "epoch " + request.getEpoch() + " < " + highestEpoch);
        }
        highestEpoch = request.getEpoch();
        Set<String> wanted = ids(request.getPeersList());
        if (!voters.getLast().equals(wanted)) {
            if (!voters.getLast().equals(Set.copyOf(request.getExpectedVotersList()))) {
                throw new Conflict(Reason.NOT_POSSIBLE_NOW, "voters are " + voters.getLast());
            }
            voters.add(wanted);
        }
    }

    private static Set<String> ids(List<PartitionPeer> peers) {
        return peers.stream().map(PartitionPeer::getPeerId).collect(Collectors.toSet());
    }

    private void create(CreateCollectionOrder order) {
        CollectionSpec spec = order.getSpec();
        FakeCollection collection = collections.computeIfAbsent(spec.getUuid(), ignored -> new FakeCollection(spec));
        if (collection.lastGeneration == 0) {
            collection.generations.put(
                    0,
                    PartitionGenerationStatus.newBuilder()
                            .setCellMapDigest(order.getCellMapDigest())
                            .build());
        }
    }

    private void begin(BeginGenerationOrder order) {
        FakeCollection collection = collection(order.getCollectionUuid());
        if (order.getGeneration() > collection.lastGeneration) {
            collection.lastGeneration = order.getGeneration();
            collection.generations.put(
                    order.getGeneration(),
                    PartitionGenerationStatus.newBuilder()
                            .setGeneration(order.getGeneration())
                            .setCellMapDigest(order.getCellMapDigest())
                            .setCellMapPartition(order.getCellMapPartition())
                            .setUnstamped(collection.rows)
                            .build());
        }
    }

    private void put(PutBlobOrder order) {
        blobs.computeIfAbsent(order.getDigest(), ignored -> new TreeMap<>()).put(order.getChunk(), order.getContent());
    }

    /** The assigner's work, done at once. */
    void stampAll() {
        for (FakeCollection collection : collections.values()) {
            collection.generations.replaceAll((number, status) -> {
                if (status.getUnstamped() > 0) {
                    index++;
                }
                return status.toBuilder().setUnstamped(0).build();
            });
        }
    }

    PartitionStatus status(boolean leader) {
        PartitionStatus.Builder status = PartitionStatus.newBuilder()
                .setPartition(number)
                .setLeader(leader)
                .setTerm(1)
                .setGroupUuid(groupUuid)
                .setHighestEpoch(highestEpoch)
                .setPosition(position());
        if (leader) {
            status.addAllVoters(voters.getLast());
        }
        for (FakeCollection collection : collections.values()) {
            status.addCollections(PartitionCollectionStatus.newBuilder()
                    .setSpec(collection.spec)
                    .setLiveRows(collection.rows)
                    .setLastGeneration(collection.lastGeneration)
                    .addAllGenerations(collection.generations.values()));
        }
        return status.build();
    }

    Position position() {
        return Position.newBuilder()
                .setPartition(number)
                .setLineage(ByteString.copyFromUtf8("lineage-" + number))
                .setIndex(index)
                .build();
    }
}
