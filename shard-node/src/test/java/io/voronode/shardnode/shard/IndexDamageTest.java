package io.voronode.shardnode.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.FeedCode;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ScanShardResponse;
import io.voronode.proto.internal.v1.ScannedRow;
import io.voronode.proto.internal.v1.ShardAssignment;
import io.voronode.proto.internal.v1.ShardChanges;
import io.voronode.proto.internal.v1.ShardRow;
import io.voronode.wire.VectorBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A byte of a file of an index changes, or a file goes, while nobody has the index open. */
@Tag("slow")
class IndexDamageTest {
    private static final int DIMENSION = 8;
    private static final int COMMITS = 14;
    private static final int RECORDS = 40;
    private static final ByteString LINEAGE = ByteString.copyFromUtf8("lineage");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(IndexKind.class)
    void findsAFlippedByteOfEveryTypeOfFile(IndexKind kind) throws IOException {
        IndexLayout layout = new IndexLayout(kind, CellMap.single(Metric.EUCLIDEAN, DIMENSION));
        Map<String, Path> files = oneOfEachType(layout);
        assertThat(files.keySet()).as("own and compound files are among them").contains("segments", "si", "cfs");
        assertThat(files).as("files beside those in compounds").hasSizeGreaterThan(8);

        for (Path file : files.values()) {
            byte[] whole = Files.readAllBytes(file);
            for (long offset : offsets(whole.length)) {
                byte[] flipped = whole.clone();
                flipped[(int) offset] ^= 0x10;
                Files.write(file, flipped);
                assertRefused(layout, file + " with a flipped byte at " + offset);
            }
            Files.write(file, whole);
        }
        open(layout).close();
    }

    @ParameterizedTest
    @EnumSource(IndexKind.class)
    void findsAMissingOrEmptyFileOfEveryType(IndexKind kind) throws IOException {
        IndexLayout layout = new IndexLayout(kind, CellMap.single(Metric.EUCLIDEAN, DIMENSION));
        for (Map.Entry<String, Path> file : oneOfEachType(layout).entrySet()) {
            byte[] whole = Files.readAllBytes(file.getValue());
            Files.write(file.getValue(), new byte[0]);
            assertRefused(layout, file.getValue() + " without content");
            Files.delete(file.getValue());
            if (!file.getKey().equals("segments")) {
                assertRefused(layout, file.getValue() + ", which is gone,");
            }
            Files.write(file.getValue(), whole);
        }
        open(layout).close();
    }

    /** Without the file that names the others nothing of them is used. */
    @ParameterizedTest
    @ValueSource(strings = {"FLAT", "IVF_FLAT"})
    void beginsAnewWithoutTheFileOfSegments(IndexKind kind) throws IOException {
        IndexLayout layout = new IndexLayout(kind, CellMap.single(Metric.EUCLIDEAN, DIMENSION));
        Path segments = oneOfEachType(layout).get("segments");
        Files.delete(segments);

        try (ShardIndex index = open(layout)) {
            assertThat(index.committedData()).isEmpty();
            assertThat(index.refresh().numDocs()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"segments_", ".si", ".cfs"})
    void aDamagedReplicaIsMovedAsideAndBuiltFromTheRowsBeforeItServes(String part) throws Exception {
        CellMap cells = CellMap.single(Metric.EUCLIDEAN, DIMENSION);
        ShardAssignment assignment = ShardAssignment.newBuilder()
                .setIndexKind(IndexKind.IVF_FLAT.wireNumber())
                .build();
        serve(assignment, cells, 1);
        Path damaged = files(new ShardFolders(folder).of(ShardId.of(assignment))).stream()
                .filter(file -> file.getFileName().toString().contains(part))
                .findFirst()
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[bytes.length / 2] ^= 0x10;
        Files.write(damaged, bytes);

        serve(assignment, cells, 1);

        try (Stream<Path> kept = Files.list(folder.resolve("shards-quarantine"))) {
            assertThat(kept).hasSize(1).first().matches(path -> Files.exists(path.resolve(damaged.getFileName())));
        }
        serve(assignment, cells, 0);
    }

    /** Until all rows are seen; they come by so many scans. */
    private void serve(ShardAssignment assignment, CellMap cells, int scans) throws Exception {
        ScanShardResponse.Builder rows = ScanShardResponse.newBuilder().setPosition(position());
        for (int i = 0; i < RECORDS; i++) {
            rows.addRows(ScannedRow.newBuilder().setKey("k" + i).setRow(row(i, new Random(i))));
        }
        ScriptedFeed feed = new ScriptedFeed(new ScriptedFeed.Script(() -> {}, List.of(rows.build()), false));
        ShardContext context = new ShardContext(folder, feed, ignored -> cells, new IndexBudget(16 << 20, 1));
        ShardReplica replica = ShardReplica.start(assignment, List.of(0), context);
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            ShardFeed.Sink sink = feed.followed().poll(30, TimeUnit.SECONDS);
            assertThat(sink).isNotNull();
            sink.changed(
                    position(),
                    0,
                    ShardChanges.newBuilder()
                            .setCode(FeedCode.FEED_CODE_OK)
                            .setUptoIndex(position().getIndex())
                            .build());
            assertThat(replica.awaitVisible(List.of(position()), deadline)).isTrue();
            assertThat(replica.status().getLiveRecords()).isEqualTo(RECORDS);
            assertThat(replica.scans()).isEqualTo(scans);
        } finally {
            replica.beginClose();
            assertThat(replica.awaitClosed(System.nanoTime() + TimeUnit.SECONDS.toNanos(30)))
                    .isTrue();
        }
    }

    private static Position position() {
        return Position.newBuilder().setLineage(LINEAGE).setIndex(100).build();
    }

    private void assertRefused(IndexLayout layout, String what) {
        Throwable error = catchThrowable(() -> open(layout).close());
        assertThat(error).as("opening %s", what).isNotNull();
        assertThat(Damage.caused(error)).as("%s: %s", what, error).isTrue();
    }

    private ShardIndex open(IndexLayout layout) throws IOException {
        return ShardIndex.open(folder, layout, new IndexBudget(16 << 20, 1));
    }

    /** An index of compound segments and of others, which merges leave; by the ends of their names. */
    private Map<String, Path> oneOfEachType(IndexLayout layout) throws IOException {
        Random random = new Random(7);
        try (ShardIndex index = open(layout)) {
            for (int commit = 0; commit < COMMITS; commit++) {
                for (int i = 0; i < RECORDS; i++) {
                    index.upsert("k" + commit + "-" + i, row(commit * RECORDS + i, random));
                }
                index.delete("k" + commit + "-0");
                index.refresh();
                index.commit(Map.of("commit", Integer.toString(commit)));
            }
        }
        Set<String> named = new HashSet<>();
        try (Directory directory = FSDirectory.open(folder)) {
            named.addAll(SegmentInfos.readLatestCommit(directory).files(true));
        }
        Map<String, Path> byType = new TreeMap<>();
        for (Path file : files(folder)) {
            String name = file.getFileName().toString();
            if (named.contains(name)) {
                byType.put(name.startsWith("segments") ? "segments" : name.substring(name.lastIndexOf('.') + 1), file);
            }
        }
        return byType;
    }

    private static ShardRow row(long version, Random random) {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return ShardRow.newBuilder()
                .setVersion(version + 1)
                .setVector(VectorBytes.pack(vector))
                .setPayload("{\"number\":" + version + ",\"text\":\"a text\"}")
                .build();
    }

    /** All of a small file, else its ends and what lies spread between. */
    private static List<Long> offsets(long length) {
        Stream<Long> offsets = length <= 150
                ? LongStream.range(0, length).boxed()
                : Stream.concat(
                        LongStream.of(0, 5, 20, length - 17, length - 9, length - 1)
                                .boxed(),
                        IntStream.range(1, 16).mapToObj(i -> length * i / 16));
        return offsets.collect(Collectors.toList());
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
