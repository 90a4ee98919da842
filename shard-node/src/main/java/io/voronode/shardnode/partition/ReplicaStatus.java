package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.PartitionCollectionStatus;
import io.voronode.proto.internal.v1.PartitionGenerationStatus;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.shardnode.partition.store.Positions;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.wire.VoronodeException;
import java.util.Objects;
import org.apache.ratis.server.DivisionInfo;

/** Describes a replica for the controller and for people. */
final class ReplicaStatus {
    private ReplicaStatus() {}

    static PartitionStatus of(PartitionReplica replica) {
        PartitionStatus.Builder status = PartitionStatus.newBuilder().setPartition(replica.partition());
        DivisionInfo info = replica.info();
        if (info != null) {
            status.setLeader(replica.isReadyLeader())
                    .setLeaderNode(Objects.requireNonNullElse(replica.leaderNode(), ""))
                    .setTerm(info.getCurrentTerm())
                    .addAllVoters(replica.voters());
        }
        String failure = replica.failure();
        if (failure != null) {
            status.setFailure(failure);
        }
        try (RowView view = replica.view()) {
            status.setPosition(Positions.of(replica.partition(), view.applied()));
            Collections.all(view).forEach(collection -> status.addCollections(collection(collection)));
        } catch (VoronodeException e) {
            if (failure == null) {
                status.setFailure(String.valueOf(e.getMessage()));
            }
        }
        return status.build();
    }

    private static PartitionCollectionStatus collection(StoredCollection collection) {
        PartitionCollectionStatus.Builder status = PartitionCollectionStatus.newBuilder()
                .setSpec(collection.getSpec())
                .setLiveRows(collection.getLiveRows())
                .setLastGeneration(collection.getLastGeneration());
        collection
                .getGenerationsList()
                .forEach(generation -> status.addGenerations(PartitionGenerationStatus.newBuilder()
                        .setGeneration(generation.getGeneration())
                        .setCellMapDigest(generation.getCellMapDigest())
                        .setCellMapPartition(generation.getCellMapPartition())
                        .setUnstamped(generation.getUnstamped())));
        return status.build();
    }
}
