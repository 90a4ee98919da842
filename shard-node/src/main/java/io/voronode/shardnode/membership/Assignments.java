package io.voronode.shardnode.membership;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last assignment that this node took, kept on its disk so that a restart needs no controller. File {@code assignment}: [int32
 * big-endian] magic {@code 0x564E4131}, [int32] CRC-32C of the rest, then the AssignRequest as protobuf. An unreadable file counts as none: the
 * controller sends the assignment again. Any thread.
 */
public final class Assignments {
    private static final Logger LOG = LoggerFactory.getLogger(Assignments.class);
    private static final String FILE = "assignment";
    private static final int MAGIC = 0x564E4131;
    private static final int HEADER_BYTES = 2 * Integer.BYTES;

    private final String node;
    private final Path folder;
    private final Path file;
    private volatile AssignRequest current;

    public Assignments(String node, Path dataFolder) {
        this.node = node;
        this.folder = dataFolder;
        this.file = dataFolder.resolve(FILE);
        this.current = read();
    }

    /** The last one taken; of epoch 0 and empty before the first. */
    public AssignRequest current() {
        return current;
    }

    /**
     * Takes an assignment, durably.
     *
     * @return whether it differs from the last one
     * @throws Conflict with STALE_EPOCH if a newer controller has spoken
     * @throws Conflict with NOT_POSSIBLE_NOW if it is of another cluster than the one whose partitions are here: rows are never given up for
     *     those of another
     * @throws VoronodeException.BadInput if it is for another node, or of a layout of the tree that this program does not know
     */
    public synchronized boolean take(AssignRequest request) {
        if (!request.getNode().equals(node)) {
            throw new VoronodeException.BadInput(
                    "assignment for node \"" + request.getNode() + "\" reached node \"" + node + "\"");
        }
        if (request.getEpoch() < current.getEpoch()) {
            throw new Conflict(
                    Reason.STALE_EPOCH, "epoch " + request.getEpoch() + " < " + current.getEpoch() + " of this node");
        }
        requireKnownLayout(request);
        requireSameCluster(request);
        if (request.equals(current)) {
            return false;
        }
        write(request);
        current = request;
        return true;
    }

    /** What the fields of a later layout mean is not known here. */
    private void requireKnownLayout(AssignRequest request) {
        int layout = request.getFormat().getLayoutVersion();
        if (layout > ClusterTree.LAYOUT_VERSION) {
            throw new VoronodeException.BadInput("an assignment by layout version " + layout + " reached node \"" + node
                    + "\", which knows only " + ClusterTree.LAYOUT_VERSION + ": use the version that sent it");
        }
    }

    private void requireSameCluster(AssignRequest request) {
        ByteString mine = current.getFormat().getClusterUuid();
        ByteString theirs = request.getFormat().getClusterUuid();
        if (current.getPartitionsCount() > 0 && !mine.isEmpty() && !theirs.isEmpty() && !mine.equals(theirs)) {
            throw new Conflict(
                    Reason.NOT_POSSIBLE_NOW,
                    "node \"" + node + "\" holds partitions of cluster " + hex(mine)
                            + "; it takes no assignment of cluster " + hex(theirs));
        }
    }

    private static String hex(ByteString uuid) {
        return HexFormat.of().formatHex(uuid.toByteArray());
    }

    private void write(AssignRequest request) {
        byte[] body = request.toByteArray();
        ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + body.length)
                .putInt(MAGIC)
                .putInt(checksum(body))
                .put(body);
        try {
            DurableFile.write(folder, FILE, content.array());
        } catch (IOException e) {
            throw new VoronodeException.Unavailable("cannot keep the assignment in " + file + ": " + e, e);
        }
    }

    private AssignRequest read() {
        try {
            if (!Files.exists(file)) {
                return AssignRequest.getDefaultInstance();
            }
            byte[] content = Files.readAllBytes(file);
            if (content.length < HEADER_BYTES) {
                return unreadable("it is too short");
            }
            ByteBuffer header = ByteBuffer.wrap(content);
            int magic = header.getInt();
            int checksum = header.getInt();
            byte[] body = new byte[header.remaining()];
            header.get(body);
            return magic == MAGIC && checksum == checksum(body)
                    ? AssignRequest.parseFrom(body)
                    : unreadable("its checksum does not match");
        } catch (InvalidProtocolBufferException e) {
            return unreadable(e.toString());
        } catch (IOException e) {
            throw new VoronodeException.Unavailable("cannot read " + file + ": " + e, e);
        }
    }

    private AssignRequest unreadable(String why) {
        LOG.warn("{} is ignored: {}; the controller will send it again", file, why);
        return AssignRequest.getDefaultInstance();
    }

    private static int checksum(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body, 0, body.length);
        return (int) crc.getValue();
    }
}
