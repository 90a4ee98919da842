package io.voronode.client;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record to be written: a key, and a vector or a text that the collection's model turns into one. Immutable, but for the
 * vector, which is borrowed: do not change it until the write is answered.
 *
 * @param key 1 to 512 bytes of UTF-8 without NUL
 * @param vector one finite value per dimension; may be null where a text is given
 * @param text turned into the vector by the collection's model and not kept; null where a vector is given
 * @param payload a JSON object as text, at most 64 KiB; empty means {@code {}}
 * @param document the raw data behind the vector
 */
public record VectorRecord(
        String key,
        float @Nullable [] vector,
        @Nullable String text,
        String payload,
        @Nullable Document document) {

    public VectorRecord {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(payload, "payload");
    }

    /** A record with a vector and nothing else. */
    public static VectorRecord of(String key, float... vector) {
        return builder(key).vector(vector).build();
    }

    /** A record whose vector the collection's model makes from a text. */
    public static VectorRecord ofText(String key, String text) {
        return builder(key).text(text).build();
    }

    public static Builder builder(String key) {
        return new Builder(key);
    }

    /** Builds a record; used by one thread. */
    public static final class Builder {
        private final String key;
        private float @Nullable [] vector;
        private @Nullable String text;
        private String payload = "";
        private @Nullable Document document;

        private Builder(String key) {
            this.key = key;
        }

        public Builder vector(float... values) {
            this.vector = values;
            return this;
        }

        public Builder text(String value) {
            this.text = value;
            return this;
        }

        public Builder payload(String json) {
            this.payload = json;
            return this;
        }

        public Builder document(Document value) {
            this.document = value;
            return this;
        }

        public VectorRecord build() {
            return new VectorRecord(key, vector, text, payload, document);
        }
    }
}
