package io.voronode.client;

import java.time.Duration;
import java.time.Instant;
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
 * @param condition what must be true for the record to be written; null for nothing
 * @param expiry when the record stops being there; null for never, whatever was said of its key before
 */
public record VectorRecord(
        String key,
        float @Nullable [] vector,
        @Nullable String text,
        String payload,
        @Nullable Document document,
        @Nullable WriteCondition condition,
        @Nullable Expiry expiry) {

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

    /** The same record, written only where this is true. */
    public VectorRecord with(WriteCondition newCondition) {
        return new VectorRecord(key, vector, text, payload, document, newCondition, expiry);
    }

    /** The same record with this expiry. */
    public VectorRecord expiring(Expiry newExpiry) {
        return new VectorRecord(key, vector, text, payload, document, condition, newExpiry);
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
        private @Nullable WriteCondition condition;
        private @Nullable Expiry expiry;

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

        /** Writes the record only where this is true. */
        public Builder condition(WriteCondition value) {
            this.condition = value;
            return this;
        }

        /** The record is gone from this time on. */
        public Builder expiresAt(Instant time) {
            this.expiry = Expiry.at(time);
            return this;
        }

        /** The record is gone so long after the server takes it. */
        public Builder timeToLive(Duration time) {
            this.expiry = Expiry.after(time);
            return this;
        }

        public VectorRecord build() {
            return new VectorRecord(key, vector, text, payload, document, condition, expiry);
        }
    }
}
