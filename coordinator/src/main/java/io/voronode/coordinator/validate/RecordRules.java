package io.voronode.coordinator.validate;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.v1.Record;
import io.voronode.wire.VoronodeException.BadInput;
import org.jspecify.annotations.Nullable;

/** What a record of a collection may be. Immutable; any thread may use it. */
public final class RecordRules {
    private final CollectionSpec spec;
    private final VectorRules vectors;

    public RecordRules(CollectionSpec spec) {
        this.spec = spec;
        this.vectors = new VectorRules(spec);
    }

    /**
     * Checks one record.
     *
     * @param index its place in the request, for the message
     * @return its vector as a new array; null where its text is still to be embedded
     * @throws BadInput naming the index, the value and the limit
     */
    public float @Nullable [] require(int index, Record record) {
        String where = "record " + index;
        Keys.require(where, record.getKey());
        float[] vector = requireInput(where, record);
        Payloads.require(where, record.getPayload());
        requireMediaType(where, record.getDocument().getMediaType());
        if (record.hasCondition()) {
            ConditionRules.require(where, record.getCondition());
        }
        requireSize(where, record);
        return vector;
    }

    private float @Nullable [] requireInput(String where, Record record) {
        boolean text = !record.getText().isEmpty();
        if (text && record.hasVector()) {
            throw new BadInput(where + ": both vector and text are given");
        }
        if (text) {
            vectors.requireText(where, record.getText());
            return null;
        }
        if (!record.hasVector()) {
            throw new BadInput(where + ": neither vector nor text is given");
        }
        return vectors.require(where, record.getVector());
    }

    private static void requireMediaType(String where, String mediaType) {
        int bytes = ByteString.copyFromUtf8(mediaType).size();
        if (bytes > Limits.MEDIA_TYPE_BYTES) {
            throw new BadInput(where + ": media type of " + bytes + " bytes exceeds the limit of "
                    + Limits.MEDIA_TYPE_BYTES + " bytes");
        }
    }

    private void requireSize(String where, Record record) {
        long bytes = ByteString.copyFromUtf8(record.getKey()).size()
                + (long) spec.getDimension() * Float.BYTES
                + ByteString.copyFromUtf8(record.getPayload()).size()
                + record.getDocument().getContent().size();
        if (bytes > Limits.RECORD_BYTES) {
            throw new BadInput(where + ": key, vector, payload and document of " + bytes + " bytes exceed the limit of "
                    + Limits.RECORD_BYTES + " bytes");
        }
    }
}
