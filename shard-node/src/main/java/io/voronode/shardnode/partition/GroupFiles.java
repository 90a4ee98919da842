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
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What lies where under a node's data folder:
 *
 * <pre>
 *   peer-id                    the disk's id, UTF-8: the Raft peer id of all groups here
 *   forming/GROUP-UUID         empty: the group is being formatted, and has no votes yet
 *   formed/GROUP-UUID          empty: the group was formed here once
 *   raft/GROUP-UUID/           Ratis: log, votes, snapshots
 *   partitions/P/target        a PartitionTarget: written once the group is formatted, replaced when the target changes
 *   partitions/P/log-end       how far the log must reach: {@link LogMark}
 *   partitions/P/store/        the live row store
 *   partitions/P/store-damaged the last one that did not open
 *   partitions/P/damaged       present while the replica must not be opened: {@link Quarantine}
 *   left/GROUP-UUID/           what was partitions/P of a group that this disk has left, while its files are deleted
 *   quarantine/P/              the last copy of the partition that was given up as damaged
 * </pre>
 */
final class GroupFiles {
    private static final Logger LOG = LoggerFactory.getLogger(GroupFiles.class);
    private static final int UUID_BYTES = 2 * Long.BYTES;

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

    /** The files of the group's log, among Ratis' others. */
    Path log(PartitionTarget target) {
        return raft().resolve(uuid(target).toString()).resolve("current");
    }

    /** Whether this disk, by its present id, was ever given a part in the group: then it must not begin there once more without its files. */
    boolean wasFormed(RaftGroupId groupId) {
        return Files.exists(formed(groupId));
    }

    /** Durable on return. */
    void markFormed(RaftGroupId groupId) throws IOException {
        mark(formed(groupId));
    }

    private static void mark(Path mark) throws IOException {
        if (!Files.exists(mark)) {
            Path folder = Objects.requireNonNull(mark.getParent());
            Files.createDirectories(folder);
            Files.write(mark, new byte[0]);
            FolderFiles.syncOne(folder);
        }
    }

    /** Durable on return. */
    void beginForming(RaftGroupId groupId) throws IOException {
        mark(forming(groupId));
    }

    /** The group is formatted, and what tells of it is durable from now on. */
    void endForming(PartitionTarget target) throws IOException {
        Path mark = forming(groupId(target));
        FolderFiles.syncOne(log(target));
        FolderFiles.syncOne(group(groupId(target)));
        FolderFiles.syncOne(raft());
        Files.deleteIfExists(mark);
        FolderFiles.syncOne(data.resolve("forming"));
    }

    /** Deletes the group where a crash broke its formatting off, so that it has no votes yet, and never had a part in anything. */
    void clearHalfFormed(PartitionTarget target) throws IOException {
        RaftGroupId groupId = groupId(target);
        if (!Files.exists(forming(groupId)) || wasFormed(groupId)) {
            return;
        }
        if (Files.exists(Votes.file(log(target)))) {
            endForming(target);
        } else {
            LOG.warn("the forming of group {} was broken off; it is begun again", groupId);
            FolderFiles.delete(group(groupId));
        }
    }

    /** Deletes all files of a closed group that this disk has left. It may be repeated; where a crash breaks it off, {@link #deleteLeft()} ends it. */
    void leave(PartitionTarget target) throws IOException {
        Path folder = data.resolve("left");
        Files.createDirectories(folder);
        Path left = folder.resolve(uuid(target).toString());
        if (Files.exists(partition(target.getPartition()))) {
            FolderFiles.rename(partition(target.getPartition()), left);
            FolderFiles.syncOne(data.resolve("partitions"));
        }
        deleteLeft(left);
    }

    /** Ends what a crash broke off. To be called before any group is opened. */
    void deleteLeft() throws IOException {
        for (Path left : FolderFiles.list(data.resolve("left"))) {
            deleteLeft(left);
        }
    }

    /** The folder that says what is to be deleted goes last. */
    private void deleteLeft(Path left) throws IOException {
        RaftGroupId groupId = RaftGroupId.valueOf(
                UUID.fromString(Objects.requireNonNull(left.getFileName()).toString()));
        FolderFiles.delete(group(groupId));
        FolderFiles.syncOne(raft());
        if (Files.deleteIfExists(formed(groupId))) {
            FolderFiles.syncOne(data.resolve("formed"));
        }
        FolderFiles.delete(left);
        LOG.info("the files of group {}, which this disk has left, are deleted", groupId);
    }

    private Path forming(RaftGroupId groupId) {
        return data.resolve("forming").resolve(groupId.getUuid().toString());
    }

    private Path formed(RaftGroupId groupId) {
        return data.resolve("formed").resolve(groupId.getUuid().toString());
    }

    /** The partitions that were ever formed here. One whose target cannot be read opens when the controller sends the target again. */
    List<PartitionTarget> targets() throws IOException {
        List<PartitionTarget> targets = new ArrayList<>();
        for (Path folder : FolderFiles.list(data.resolve("partitions"))) {
            Path file = folder.resolve("target");
            if (Files.exists(file)) {
                read(folder, file).ifPresent(targets::add);
            }
        }
        return targets;
    }

    private static Optional<PartitionTarget> read(Path folder, Path file) throws IOException {
        try {
            PartitionTarget target = PartitionTarget.parseFrom(Files.readAllBytes(file));
            boolean whole = target.getPeersCount() > 0
                    && target.getGroupUuid().size() == UUID_BYTES
                    && folder.endsWith(Integer.toString(target.getPartition()));
            if (whole) {
                return Optional.of(target);
            }
            LOG.error("{} is damaged: it does not describe the partition of its folder", file);
        } catch (InvalidProtocolBufferException e) {
            LOG.error("{} is damaged: it does not hold a partition target", file, e);
        }
        return Optional.empty();
    }

    void write(PartitionTarget target) throws IOException {
        Path folder = partition(target.getPartition());
        Files.createDirectories(folder);
        FolderFiles.replace(folder.resolve("target"), target.toByteArray());
    }

    Path logMark(int partition) {
        return partition(partition).resolve("log-end");
    }

    Path group(RaftGroupId groupId) {
        return raft().resolve(groupId.getUuid().toString());
    }

    Path quarantine() {
        return data.resolve("quarantine");
    }

    Path partition(int partition) {
        return data.resolve("partitions").resolve(Integer.toString(partition));
    }

    static UUID uuid(PartitionTarget target) {
        ByteBuffer bytes = target.getGroupUuid().asReadOnlyByteBuffer();
        if (bytes.remaining() != UUID_BYTES) {
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
