package io.voronode.shardnode.partition;

import com.google.protobuf.InvalidProtocolBufferException;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;

/**
 * What lies where under a node's data folder:
 *
 * <pre>
 *   peer-id                    the disk's id, UTF-8: the Raft peer id of all groups here
 *   raft/GROUP-UUID/           Ratis: log, votes, snapshots
 *   partitions/P/target        a PartitionTarget: written once the group is formatted, replaced when the target changes
 *   partitions/P/store/        the live row store
 *   partitions/P/store-damaged the last one that did not open
 * </pre>
 */
final class GroupFiles {
    private final Path data;

    GroupFiles(Path data) {
        this.data = data;
    }

    /** Reads the disk's id, or makes one for a new disk. */
    String peerId() throws IOException {
        Files.createDirectories(data);
        Path file = data.resolve("peer-id");
        if (Files.exists(file)) {
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        }
        String id = UUID.randomUUID().toString();
        FolderFiles.replace(file, id.getBytes(StandardCharsets.UTF_8));
        return id;
    }

    Path raft() {
        return data.resolve("raft");
    }

    Path removed() {
        return data.resolve("removed");
    }

    Path store(int partition) {
        return partition(partition).resolve("store");
    }

    /** Whether the group was formatted here and its log is still there. */
    boolean hasLog(PartitionTarget target) {
        return Files.isDirectory(raft().resolve(uuid(target).toString()));
    }

    /** The partitions that were ever formed here. */
    List<PartitionTarget> targets() throws IOException {
        List<PartitionTarget> targets = new ArrayList<>();
        for (Path folder : FolderFiles.list(data.resolve("partitions"))) {
            Path file = folder.resolve("target");
            if (Files.exists(file)) {
                targets.add(read(file));
            }
        }
        return targets;
    }

    private static PartitionTarget read(Path file) throws IOException {
        try {
            return PartitionTarget.parseFrom(Files.readAllBytes(file));
        } catch (InvalidProtocolBufferException e) {
            throw new VoronodeException.Corruption(file + " does not hold a partition target", e);
        }
    }

    void write(PartitionTarget target) throws IOException {
        Path folder = partition(target.getPartition());
        Files.createDirectories(folder);
        FolderFiles.replace(folder.resolve("target"), target.toByteArray());
    }

    private Path partition(int partition) {
        return data.resolve("partitions").resolve(Integer.toString(partition));
    }

    static UUID uuid(PartitionTarget target) {
        ByteBuffer bytes = target.getGroupUuid().asReadOnlyByteBuffer();
        if (bytes.remaining() != 2 * Long.BYTES) {
            throw new VoronodeException.BadInput("group uuid of " + bytes.remaining() + " bytes, not 16");
        }
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    static RaftGroupId groupId(PartitionTarget target) {
        return RaftGroupId.valueOf(uuid(target));
    }

    /**
     * What a peer opens the group with; what its log says of the voters goes before this. One that joins gets no peers: such a division
     * waits for a leader and neither votes nor stands for election, however often it is opened again, until the leader counts it among
     * the voters. With old and new peers it would stand for election, and the leader would order it to close.
     */
    static RaftGroup group(PartitionTarget target, String ownPeerId) {
        boolean joins = target.getPeersList().stream()
                .anyMatch(peer -> peer.getPeerId().equals(ownPeerId) && peer.getJoining());
        List<PartitionPeer> voters = joins
                ? List.of()
                : target.getPeersList().stream()
                        .filter(peer -> !peer.getJoining())
                        .toList();
        return RaftGroup.valueOf(groupId(target), raftPeers(voters, target.getPreferredLeader()));
    }

    static List<RaftPeer> raftPeers(List<PartitionPeer> peers, String preferredLeader) {
        return peers.stream()
                .map(peer -> RaftPeer.newBuilder()
                        .setId(peer.getPeerId())
                        .setAddress(peer.getRaftAddress())
                        .setPriority(peer.getNode().equals(preferredLeader) ? 1 : 0)
                        .build())
                .toList();
    }
}
