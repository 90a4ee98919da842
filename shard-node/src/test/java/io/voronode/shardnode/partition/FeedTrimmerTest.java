package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.StoredAppliedState;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RowBatch;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowStore;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.shardnode.partition.store.StoreResources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedTrimmerTest {
    private static final long BYTES_KEPT = 1 << 20;
    private static final int ENTRIES = 1_800;
    private static final ByteString UUID = ByteString.copyFromUtf8("0123456789abcdef");
    private static final int SHARDS = 3;

    @TempDir
    private Path folder;

    private final StoreResources resources = new StoreResources();
    private final FeedTrimmer trimmer = new FeedTrimmer(limits(), _ -> OptionalLong.empty());
    private RowStore store;

    @BeforeEach
    void open() {
        store = RowStore.open(folder.resolve("store"), resources, _ -> {});
    }

    @AfterEach
    void close() {
        store.close();
        resources.close();
    }

    private static PartitionLimits limits() {
        return new PartitionLimits(1, 1, 1, 1, Duration.ofMinutes(1), 1_000_000, BYTES_KEPT, 1, 1);
    }

    @Test
    void countsNothingThatItHasTrimmed() {
        write();
        long upto = upto();
        assertThat(upto).isEqualTo(ENTRIES / 2);

        trim(upto);

        assertThat(upto()).isZero();
    }

    /** About 1 KiB an entry, in shards by turns. */
    private void write() {
        Random random = new Random(1);
        for (int index = 1; index <= ENTRIES; index++) {
            byte[] changes = new byte[1_024];
            random.nextBytes(changes);
            try (RowBatch batch = new RowBatch(store)) {
                batch.put(Family.FEED, RowKeys.feed(UUID, 0, index % SHARDS, index), changes);
                put(batch, 0);
                store.write(batch);
            }
        }
        store.flush();
    }

    private void trim(long upto) {
        try (RowBatch batch = new RowBatch(store)) {
            for (int shard = 0; shard < SHARDS; shard++) {
                batch.deleteRange(Family.FEED, RowKeys.shard(UUID, 0, shard), RowKeys.feed(UUID, 0, shard, upto + 1));
            }
            put(batch, upto);
            store.write(batch);
        }
        store.flush();
    }

    private static void put(RowBatch batch, long trimmed) {
        batch.put(
                Family.META,
                RowKeys.APPLIED,
                StoredAppliedState.newBuilder()
                        .setIndex(ENTRIES)
                        .setTrimmedIndex(trimmed)
                        .build());
    }

    private long upto() {
        try (RowView view = store.view()) {
            return trimmer.upto(view, 0);
        }
    }
}
