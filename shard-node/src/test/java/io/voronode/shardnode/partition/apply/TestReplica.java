package io.voronode.shardnode.partition.apply;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.proto.internal.v1.WriteBatch;
import io.voronode.proto.internal.v1.WriteResult;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowStore;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.shardnode.partition.store.StoreResources;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** A row store and its applier without Raft: entries get consecutive indexes. */
final class TestReplica implements AutoCloseable {
    static final ByteString GROUP = ByteString.copyFrom(new byte[16]);

    private final StoreResources resources = new StoreResources();
    private Path folder;
    private RowStore store;
    private EntryApplier applier;
    private int checkpoints;

    TestReplica(Path folder) {
        this.folder = folder;
        this.store = RowStore.open(folder, resources, damage -> {});
        this.applier = new EntryApplier(store, GROUP);
    }

    long index() {
        return applier.index();
    }

    Outcome apply(long index, PartitionEntry entry) {
        return applier.apply(1, index, entry);
    }

    Outcome apply(PartitionEntry.Builder entry) {
        return apply(index() + 1, entry.setLeaderTimeMs(1_000 + index()).build());
    }

    Outcome control(ControlCommand command) {
        return apply(PartitionEntry.newBuilder().setControl(command));
    }

    Outcome.Answer write(RequestOperations operations) {
        Outcome outcome = apply(
                PartitionEntry.newBuilder().setWrite(WriteBatch.newBuilder().addRequests(operations)));
        return ((Outcome.Written) outcome).answers().getFirst();
    }

    WriteResult writeOne(RequestOperations operations) {
        List<WriteResult> results = write(operations).results();
        if (results.size() != 1) {
            throw new AssertionError(results);
        }
        return results.getFirst();
    }

    RowView view() {
        return store.view();
    }

    StoredCollection collection(ByteString uuid) {
        try (RowView view = view()) {
            return Objects.requireNonNull(view.collection(uuid));
        }
    }

    /** Goes on from a checkpoint taken now, as after a crash that lost everything since. */
    void restartFromCheckpoint() {
        Path next = folder.resolveSibling("checkpoint-" + checkpoints++);
        store.checkpoint(next);
        store.close();
        folder = next;
        store = RowStore.open(folder, resources, damage -> {});
        applier = new EntryApplier(store, GROUP);
    }

    /** A hash of every key and value. */
    String contentHash() {
        try (RowView view = view()) {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (Family family : Family.values()) {
                hash(view, family, sha);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void hash(RowView view, Family family, MessageDigest sha) {
        byte[] end = new byte[1_024];
        Arrays.fill(end, (byte) 0xff);
        try (RangeIterator i = view.range(family, new byte[0], end)) {
            for (; i.valid(); i.next()) {
                sha.update(i.key());
                sha.update((byte) 0);
                sha.update(i.value());
            }
        }
    }

    @Override
    public void close() {
        store.close();
        resources.close();
    }
}
