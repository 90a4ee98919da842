package io.voronode.coordinator.validate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.google.protobuf.ByteString;
import io.voronode.wire.VoronodeException.BadInput;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What a payload may be: one JSON object of at most 64 KiB and {@value Limits#PAYLOAD_LEVELS} levels, no name twice in an
 * object, every number finite as a double. It is read as a stream and kept as the text that came.
 */
final class Payloads {
    // Names of a request are not worth remembering: a table of them would only grow. Limits of length are ours, not
    // Jackson's.
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(2 * Limits.PAYLOAD_LEVELS)
                    .maxNameLength(Limits.PAYLOAD_BYTES)
                    .build())
            .build();

    private Payloads() {}

    /** Checks a payload; empty stands for {}. */
    static void require(String where, String payload) {
        int bytes = payload.length() > Limits.PAYLOAD_BYTES
                ? payload.length()
                : ByteString.copyFromUtf8(payload).size();
        if (bytes > Limits.PAYLOAD_BYTES) {
            throw new BadInput(
                    where + ": payload of " + bytes + " bytes exceeds the limit of " + Limits.PAYLOAD_BYTES + " bytes");
        }
        if (!payload.isEmpty()) {
            read(where, payload);
        }
    }

    private static void read(String where, String payload) {
        try (JsonParser parser = JSON.createParser(payload)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadInput(where + ": payload is not a JSON object");
            }
            readObject(where, parser);
            if (parser.nextToken() != null) {
                throw new BadInput(where + ": payload goes on behind its JSON object");
            }
        } catch (JsonProcessingException e) {
            throw new BadInput(where + ": payload is not JSON: " + problem(e));
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot be read", e);
        }
    }

    /** Jackson's words without its advice, which is for programmers. */
    private static String problem(JsonProcessingException e) {
        return e.getOriginalMessage().replaceFirst(": enable `.*", "");
    }

    private static void readObject(String where, JsonParser parser) throws IOException {
        int level = 1;
        while (level > 0) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                throw new BadInput(where + ": payload ends inside its JSON object");
            }
            level += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            if (level > Limits.PAYLOAD_LEVELS) {
                throw new BadInput(where + ": payload is nested deeper than " + Limits.PAYLOAD_LEVELS + " levels");
            }
            if (token.isNumeric() && !Double.isFinite(parser.getDoubleValue())) {
                throw new BadInput(
                        where + ": payload has the number " + shown(parser.getText()) + ", which is not finite");
            }
        }
    }

    private static String shown(String number) {
        return number.length() <= 40 ? number : number.substring(0, 40) + "…";
    }
}
