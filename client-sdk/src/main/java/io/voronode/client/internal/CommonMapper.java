package io.voronode.client.internal;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.voronode.client.Consistency;
import io.voronode.client.Document;
import io.voronode.proto.v1.ConsistencyLevel;
import io.voronode.proto.v1.Vector;
import io.voronode.wire.VectorBytes;
import java.time.Duration;
import java.time.Instant;

/** Values that more than one service speaks of, from and to their messages. Pure. */
final class CommonMapper {
    private CommonMapper() {}

    static ConsistencyLevel consistency(Consistency consistency) {
        return switch (consistency) {
            case DEFAULT -> ConsistencyLevel.CONSISTENCY_LEVEL_UNSPECIFIED;
            case EVENTUAL -> ConsistencyLevel.CONSISTENCY_LEVEL_EVENTUAL;
            case SESSION -> ConsistencyLevel.CONSISTENCY_LEVEL_SESSION;
            case STRONG -> ConsistencyLevel.CONSISTENCY_LEVEL_STRONG;
        };
    }

    static Vector vector(float[] values) {
        Vector.Builder vector = Vector.newBuilder();
        for (float value : values) {
            vector.addValues(value);
        }
        return vector.build();
    }

    static float[] vector(Vector vector) {
        return VectorBytes.toArray(vector.getValuesList());
    }

    static io.voronode.proto.v1.Document document(Document document) {
        return io.voronode.proto.v1.Document.newBuilder()
                .setContent(ByteString.copyFrom(document.content()))
                .setMediaType(document.mediaType())
                .build();
    }

    static Document document(io.voronode.proto.v1.Document document) {
        return new Document(document.getContent().toByteArray(), document.getMediaType());
    }

    static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }

    /** A negative one keeps its sign in both parts, as protobuf wants it; the server refuses it. */
    static com.google.protobuf.Duration duration(Duration duration) {
        boolean borrowed = duration.getSeconds() < 0 && duration.getNano() > 0;
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(borrowed ? duration.getSeconds() + 1 : duration.getSeconds())
                .setNanos(borrowed ? duration.getNano() - 1_000_000_000 : duration.getNano())
                .build();
    }

    static Duration duration(com.google.protobuf.Duration duration) {
        return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }
}
