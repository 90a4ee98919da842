package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.PartitionCollectionStatus;
import io.voronode.proto.internal.v1.PartitionGenerationStatus;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.StoredAppliedState;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.proto.internal.v1.StoredDamage;
import io.voronode.shardnode.partition.LogFolder.LogFile;
import io.voronode.shardnode.partition.store.Positions;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.apache.ratis.server.DivisionInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Describes a replica for the controller and for people. */
final class ReplicaStatus {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaStatus.class);

    private ReplicaStatus() {}

    static PartitionStatus of(PartitionReplica replica) {
        PartitionStatus.Builder status = PartitionStatus.newBuilder()
                .setPartition(replica.partition())
                .setGroupUuid(replica.target().getGroupUuid());
        DivisionInfo info = replica.division().info();
        if (info != null) {
            status.setLeader(replica.isReadyLeader())
                    .setLeaderNode(Objects.requireNonNullElse(replica.leaderNode(), ""))
                    .setTerm(info.getCurrentTerm())
                    .addAllVoters(replica.voters());
        }
        describeLog(replica, status);
        StoredDamage damage = replica.health().damage();
        if (damage != null) {
            status.setDamage(damage.getDamage()).setRejoin(replica.health().rejoin());
        }
        String failure = replica.health().failure();
        if (failure != null) {
            status.setFailure(failure);
        }
        try (RowView view = replica.view()) {
            StoredAppliedState applied = view.applied();
            status.setPosition(Positions.of(replica.partition(), applied)).setHighestEpoch(applied.getHighestEpoch());
            Collections.all(view).forEach(collection -> status.addCollections(collection(collection)));
        } catch (VoronodeException e) {
            if (failure == null) {
                status.setFailure(String.valueOf(e.getMessage()));
            }
        }
        return status.build();
    }

    /** Left out where the disk does not answer. */
    private static void describeLog(PartitionReplica replica, PartitionStatus.Builder status) {
        Path folder = replica.logFolder();
        try {
            List<LogFile> files = LogFolder.files(folder);
            status.setLogBytes(LogFolder.bytes(files));
            if (!files.isEmpty()) {
                status.setLogFirstIndex(files.getFirst().first());
            }
        } catch (IOException e) {
            LOG.debug("the log in {} cannot be listed", folder, e);
        }
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
