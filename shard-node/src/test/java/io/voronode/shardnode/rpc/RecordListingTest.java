package io.voronode.shardnode.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.engine.codec.VoronodeCodec;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.IndexRecord;
import io.voronode.proto.internal.v1.KeySelection;
import io.voronode.proto.internal.v1.ListRecordsRequest;
import io.voronode.proto.internal.v1.ListRecordsResponse;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.wire.ListDigest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecordListingTest {
    private static final int DIMENSION = 8;
    private static final int KEYS = 400;
    private static final long DEADLINE_MS = 20_000;

    private final Random random = new Random(3);

    @TempDir
    private Path folder;

    private TestShards shards;

    @BeforeEach
    void fill() throws Exception {
        shards = new TestShards(folder, Metric.EUCLIDEAN, DIMENSION, 2, 3);
        shards.partitions.forEach(partition -> partition.begin(1));
        for (int i = 0; i < 3 * KEYS; i++) {
            write("key-" + i % KEYS);
        }
        shards.assign(1);
        for (int i = 0; i < KEYS; i += 5) {
            home("key-" + i).delete("key-" + i);
        }
        write("key-1");
    }

    @AfterEach
    void close() {
        shards.close();
    }

    private FakePartition home(String key) {
        return shards.partitions.get(Math.floorMod(key.hashCode(), 2));
    }

    private void write(String key) {
        home(key)
                .upsert(
                        key,
                        TestShards.vector(random, DIMENSION),
                        "{}",
                        List.of(shards.stamp(random, 0), shards.stamp(random, 1)));
    }

    private ListRecordsResponse list(int shard, KeySelection.Builder keys, ByteString known) {
        return shards.list(ListRecordsRequest.newBuilder()
                .setCollectionUuid(TestShards.COLLECTION)
                .setGeneration(1)
                .setShard(shard)
                .setKeys(keys)
                .addAllAtLeast(shards.heads())
                .setKnownDigest(known)
                .build());
    }

    private ListRecordsResponse all(int shard) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DEADLINE_MS);
        while (true) {
            ListRecordsResponse response = list(shard, KeySelection.newBuilder().setLimit(20_000), ByteString.EMPTY);
            if (response.getCode() == ProbeCode.PROBE_CODE_OK) {
                return response;
            }
            assertThat(System.nanoTime()).as("%s in time", response).isLessThan(deadline);
        }
    }

    private List<IndexRecord> expected(int shard) {
        List<IndexRecord> expected = new ArrayList<>();
        shards.partitions.forEach(partition -> partition.rows().forEach((key, row) -> {
            Stamp stamp = Objects.requireNonNull(row.stamps().get(1));
            if (stamp.getShard() == shard) {
                expected.add(IndexRecord.newBuilder()
                        .setKey(key)
                        .setVersion(row.version())
                        .setCell(stamp.getCell())
                        .build());
            }
        }));
        expected.sort((a, b) -> a.getKey().compareTo(b.getKey()));
        return expected;
    }

    @Test
    void tellsEachRecordWithItsVersionAndTheCellThatItWasStampedWith() {
        for (int shard = 0; shard < 2; shard++) {
            ListRecordsResponse response = all(shard);

            assertThat(response.getRecordsList()).isNotEmpty().isEqualTo(expected(shard));
            assertThat(response.getDigest()).isEqualTo(ListDigest.of(expected(shard)));
            assertThat(response.getMore()).isFalse();
        }
    }

    @Test
    void listsRangesAndNamedKeysAndLeavesOutWhatIsKnown() {
        List<IndexRecord> expected = all(0).getRecordsList();

        ListRecordsResponse range = list(
                0,
                KeySelection.newBuilder()
                        .setAfterKey(expected.get(3).getKey())
                        .setThroughKey(expected.get(9).getKey())
                        .setLimit(100),
                ByteString.EMPTY);
        ListRecordsResponse cut = list(
                0,
                KeySelection.newBuilder().setAfterKey(expected.get(3).getKey()).setLimit(6),
                ByteString.EMPTY);
        ListRecordsResponse named = list(
                0,
                KeySelection.newBuilder()
                        .addKeys(expected.get(5).getKey())
                        .addKeys("nowhere")
                        .addKeys(expected.get(2).getKey()),
                ByteString.EMPTY);
        ListRecordsResponse known = list(
                0,
                KeySelection.newBuilder()
                        .setThroughKey(expected.get(9).getKey())
                        .setLimit(100),
                ListDigest.of(expected.subList(0, 10)));

        assertThat(range.getRecordsList()).isEqualTo(expected.subList(4, 10));
        assertThat(range.getMore()).isFalse();
        assertThat(cut.getRecordsList()).isEqualTo(expected.subList(4, 10));
        assertThat(cut.getMore()).isTrue();
        assertThat(named.getRecordsList()).containsExactly(expected.get(5), expected.get(2));
        assertThat(known.getRecordsList()).isEmpty();
        assertThat(known.getDigest()).isEqualTo(ListDigest.of(expected.subList(0, 10)));
    }

    @Test
    void aReplicaThatIsNotHereOrBehindSaysSo() {
        ListRecordsRequest.Builder request = ListRecordsRequest.newBuilder()
                .setCollectionUuid(TestShards.COLLECTION)
                .setGeneration(5)
                .setKeys(KeySelection.newBuilder().setLimit(1));

        assertThat(shards.list(request.build()).getCode()).isEqualTo(ProbeCode.PROBE_CODE_NOT_HOSTED);
    }

    @Test
    void aReplicaThatIsOrderedToIsBuiltAnewFromTheRows() throws Exception {
        List<IndexRecord> whole = all(0).getRecordsList();
        String lost = whole.getFirst().getKey();
        shards.stop();
        delete(lost);
        shards.start();
        assertThat(all(0).getRecordsList())
                .as("what is spoilt on the disk is served")
                .isEqualTo(whole.subList(1, whole.size()));

        Objects.requireNonNull(shards.replicaSet().find(TestShards.id(1, 0)))
                .rebuild()
                .get(DEADLINE_MS, TimeUnit.MILLISECONDS);

        assertThat(all(0).getRecordsList()).isEqualTo(whole);
        assertThat(all(1).getRecordsList()).isEqualTo(expected(1));
    }

    private void delete(String key) throws IOException {
        IndexWriterConfig config = new IndexWriterConfig().setCodec(VoronodeCodec.of(shards.indexKind, shards.map(1)));
        try (FSDirectory directory = FSDirectory.open(shards.indexFolder(TestShards.id(1, 0)));
                IndexWriter writer = new IndexWriter(directory, config)) {
            writer.deleteDocuments(new Term("key", key));
        }
    }
}
