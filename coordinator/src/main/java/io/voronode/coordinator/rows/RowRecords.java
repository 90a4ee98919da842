package io.voronode.coordinator.rows;

import com.google.protobuf.util.Timestamps;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.v1.Document;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.Vector;
import io.voronode.wire.VectorBytes;
import java.util.Optional;

/** Rows as the public API shows them. */
public final class RowRecords {
    private RowRecords() {}

    /** A row as a record, with what was asked for: a partition may say that there is a document without sending it. */
    public static Record record(Row row, Projection projection) {
        Record.Builder record = Record.newBuilder()
                .setKey(row.getKey())
                .setPayload(row.getPayload())
                .setVersion(row.getVersion())
                .setUpdateTime(Timestamps.fromMillis(row.getUpdateTimeMs()));
        if (row.getExpireTimeMs() != 0) {
            record.setExpireTime(Timestamps.fromMillis(row.getExpireTimeMs()));
        }
        if (projection.vector()) {
            vector(row).ifPresent(record::setVector);
        }
        if (projection.document()) {
            document(row).ifPresent(record::setDocument);
        }
        return record.build();
    }

    /** The vector of a row; empty where it has none. */
    public static Optional<Vector> vector(Row row) {
        if (row.getVector().isEmpty()) {
            return Optional.empty();
        }
        Vector.Builder vector = Vector.newBuilder();
        for (float value : VectorBytes.unpack(row.getVector())) {
            vector.addValues(value);
        }
        return Optional.of(vector.build());
    }

    /** The document of a row; empty where there is none. */
    public static Optional<Document> document(Row row) {
        return row.getHasDocument()
                ? Optional.of(Document.newBuilder()
                        .setContent(row.getDocument())
                        .setMediaType(row.getMediaType())
                        .build())
                : Optional.empty();
    }
}
