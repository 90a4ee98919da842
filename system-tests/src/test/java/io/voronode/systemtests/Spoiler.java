package io.voronode.systemtests;

import com.google.protobuf.ByteString;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.codec.CellHint;
import io.voronode.engine.codec.CellVectorsFormat;
import io.voronode.engine.codec.VoronodeCodec;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.StoredBody;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RowBatch;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowStore;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.shardnode.partition.store.StoreResources;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

/** Changes what a stopped node has on its disk, behind its back and without damaging a file. */
final class Spoiler {
    private final Path node;

    /** Of the node whose data lies in this folder. */
    Spoiler(Path node) {
        this.node = node;
    }

    /** In the index of the only shard of generation 0 of the only collection, of kind FLAT and metric EUCLIDEAN. */
    void deleteAndAdd(String deleted, String added, float[] vector) throws IOException {
        CellMap map = CellMap.single(Metric.EUCLIDEAN, vector.length);
        IndexWriterConfig config = new IndexWriterConfig().setCodec(VoronodeCodec.of(IndexKind.FLAT, map));
        try (FSDirectory directory = FSDirectory.open(onlyShard());
                IndexWriter writer = new IndexWriter(directory, config);
                CellHint _ = CellHint.stamp(0)) {
            writer.deleteDocuments(new Term("key", deleted));
            Document document = new Document();
            document.add(new StringField("key", added, Field.Store.NO));
            document.add(new BinaryDocValuesField("key", new BytesRef(added)));
            document.add(new NumericDocValuesField("version", 1));
            document.add(new KnnFloatVectorField("vector", vector, CellVectorsFormat.similarity(Metric.EUCLIDEAN)));
            writer.addDocument(document);
        }
    }

    private Path onlyShard() throws IOException {
        try (Stream<Path> collections = Files.list(node.resolve("shards"))) {
            return collections.findFirst().orElseThrow().resolve("0").resolve("0");
        }
    }

    /** Another payload under the same version, in the one partition that has the key. */
    void changePayload(String collectionUuid, String key, String payload) throws IOException {
        byte[] row = RowKeys.row(uuid(collectionUuid), key);
        try (StoreResources resources = new StoreResources();
                Stream<Path> partitions = Files.list(node.resolve("partitions"))) {
            long changed = partitions
                    .filter(partition -> changePayload(partition.resolve("store"), resources, row, payload))
                    .count();
            if (changed != 1) {
                throw new AssertionError(changed + " partitions have key " + key);
            }
        }
    }

    private static boolean changePayload(Path folder, StoreResources resources, byte[] row, String payload) {
        try (RowStore store = RowStore.open(folder, resources, damage -> {})) {
            StoredBody body;
            try (RowView view = store.view()) {
                StoredHead head = view.head(row);
                if (head == null) {
                    return false;
                }
                body = Objects.requireNonNull(view.body(row));
            }
            try (RowBatch batch = new RowBatch(store)) {
                batch.put(
                        Family.BODIES, row, body.toBuilder().setPayload(payload).build());
                store.write(batch);
            }
            store.flush();
            return true;
        }
    }

    private static ByteString uuid(String text) {
        UUID uuid = UUID.fromString(text);
        return ByteString.copyFrom(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .flip());
    }
}
