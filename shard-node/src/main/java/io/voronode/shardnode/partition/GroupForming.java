package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.time.Duration;
import org.apache.ratis.protocol.RaftGroupId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forms Raft groups as targets have it: new ones, and blank ones in place of damaged ones; and gives up those that were left. Used under the lock of the host. */
final class GroupForming {
    private static final Logger LOG = LoggerFactory.getLogger(GroupForming.class);
    /** The host is locked meanwhile, and the controller tries again. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final HostContext context;
    private final RaftAdmin admin;
    private final String peerId;

    /** By the id of the disk. */
    GroupForming(HostContext context, RaftAdmin admin, String peerId) {
        this.context = context;
        this.admin = admin;
        this.peerId = peerId;
    }

    /**
     * Formats the group where it is new to this disk, or opens what is there; then the keeper keeps it open. Without the mark a folder that a
     * crash left half formatted would look like one that lost its votes.
     */
    void form(ReplicaKeeper keeper, PartitionTarget target) throws IOException {
        RaftGroupId groupId = GroupFiles.groupId(target);
        context.files().clearHalfFormed(target);
        if (context.files().hasLog(target) || context.files().wasFormed(groupId)) {
            keeper.openFirst();
        } else {
            context.files().beginForming(groupId);
            keeper.replica().open(admin, target, true);
            context.files().endForming(target);
        }
        write(target);
        context.files().markFormed(groupId);
        keeper.begin();
    }

    /** Closes the group when the target cannot be kept, so that forming it can be tried again. */
    private void write(PartitionTarget target) throws IOException {
        try {
            context.files().write(target);
        } catch (IOException e) {
            admin.remove(GroupFiles.groupId(target));
            throw e;
        }
    }

    /** Takes note of a changed target of the same group. */
    void retarget(PartitionReplica replica, PartitionTarget target) throws IOException {
        if (!replica.groupId().equals(GroupFiles.groupId(target))) {
            throw new VoronodeException.Conflict(
                    VoronodeException.Reason.NOT_POSSIBLE_NOW,
                    "partition " + target.getPartition() + " is held here as group " + replica.groupId()
                            + "; its rows are not given up for group " + GroupFiles.groupId(target));
        }
        context.files().write(target);
        replica.retarget(target);
    }

    /** Gives the damaged files up, if the target says that the voters have gone on without them. */
    void refillIfLetIn(ReplicaKeeper keeper, PartitionTarget target) throws IOException {
        if (isLetIn(keeper.replica(), target)) {
            refill(keeper, target);
        }
    }

    /** Whether the voters have gone on without this damaged replica and let it join again. */
    private boolean isLetIn(PartitionReplica replica, PartitionTarget target) {
        String rejoin = replica.health().rejoin();
        return !rejoin.isEmpty()
                && target.getPeersList().stream()
                        .anyMatch(peer -> peer.getPeerId().equals(peerId)
                                && peer.getJoining()
                                && peer.getRejoin().equals(rejoin));
    }

    /** The target, which says that this peer joins, is on the disk already. */
    private void refill(ReplicaKeeper keeper, PartitionTarget target) throws IOException {
        PartitionReplica replica = keeper.replica();
        if (!keeper.awaitDamagedClosed(CLOSE_TIMEOUT)) {
            throw new VoronodeException.Unavailable(
                    "the damaged files of partition " + target.getPartition() + " are still being read");
        }
        if (replica.division().info() != null) {
            admin.remove(replica.groupId());
        }
        context.quarantine().moveAside(target, replica.health().rejoin());
        replica.open(admin, target, true);
        context.quarantine().release(target.getPartition());
        replica.health().undamaged();
        LOG.info("partition {} joins again and is filled by the others", target.getPartition());
    }

    /** Closes the group, if it is open, and deletes its files. */
    void leave(PartitionReplica replica) throws IOException {
        if (replica.division().info() != null) {
            admin.remove(replica.groupId());
        }
        context.files().leave(replica.target());
        LOG.info("partition {} is no longer on this node: its group goes on without it", replica.partition());
    }
}
