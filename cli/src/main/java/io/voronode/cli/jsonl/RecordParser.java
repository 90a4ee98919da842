package io.voronode.cli.jsonl;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.voronode.cli.DurationConverter;
import io.voronode.client.Document;
import io.voronode.client.Expiry;
import io.voronode.client.VectorRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/**
 * Makes a record of {@code {"key": "k", "vector": [1, 2], "text": "t", "payload": {}, "document": "d", "documentBase64": "ZA==",
 * "mediaType": "text/plain", "expireTime": "2031-05-06T07:08:09Z", "ttl": "30m"}}: key and one of vector and text are needed. A document is
 * text, or bytes in Base64; a record that expires says when, or how long it lives. Any other field is an error, because it is a typing error
 * more often than not. Keeps nothing between lines.
 */
final class RecordParser {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String BYTES = "application/octet-stream";
    private static final JsonFactory JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build()
            .getFactory();

    private @Nullable String key;
    private float @Nullable [] vector;
    private @Nullable String text;
    private String payload = "";
    private byte @Nullable [] document;
    private String mediaType = "";
    private @Nullable Expiry expiry;

    private RecordParser() {}

    static VectorRecord parse(String line) throws BadLineException {
        RecordParser parser = new RecordParser();
        try (JsonParser json = JSON.createParser(line)) {
            parser.read(json);
        } catch (JsonProcessingException e) {
            throw new BadLineException("is not valid JSON: " + problem(e));
        } catch (IOException e) {
            throw new BadLineException("cannot be read: " + e.getMessage());
        }
        return parser.record();
    }

    /** Jackson's words without its advice, which is for programmers. */
    private static String problem(JsonProcessingException e) {
        return e.getOriginalMessage().replaceFirst(": enable `.*", "");
    }

    private void read(JsonParser json) throws IOException, BadLineException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new BadLineException("is not a JSON object");
        }
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            if (json.currentToken() != JsonToken.VALUE_NULL) {
                field(field, json);
            }
        }
        if (json.nextToken() != null) {
            throw new BadLineException("has something behind its JSON object");
        }
    }

    private void field(String name, JsonParser json) throws IOException, BadLineException {
        switch (name) {
            case "key" -> key = string(name, json);
            case "vector" -> vector = vector(json);
            case "text" -> text = string(name, json);
            case "payload" -> payload = payload(json);
            case "document" -> {
                setDocument(string(name, json).getBytes(StandardCharsets.UTF_8), TEXT);
            }
            case "documentBase64" -> setDocument(base64(string(name, json)), BYTES);
            case "mediaType" -> mediaType = string(name, json);
            case "expireTime" -> setExpiry(Expiry.at(time(string(name, json))));
            case "ttl" -> setExpiry(Expiry.after(timeToLive(string(name, json))));
            default ->
                throw new BadLineException("has the unknown field \"" + name
                        + "\" (known: key, vector, text, payload, document, documentBase64, mediaType,"
                        + " expireTime, ttl)");
        }
    }

    private void setDocument(byte[] content, String usualType) throws BadLineException {
        if (document != null) {
            throw new BadLineException("has both document and documentBase64");
        }
        document = content;
        if (mediaType.isEmpty()) {
            mediaType = usualType;
        }
    }

    private void setExpiry(Expiry given) throws BadLineException {
        if (expiry != null) {
            throw new BadLineException("has both expireTime and ttl");
        }
        expiry = given;
    }

    private static Instant time(String value) throws BadLineException {
        try {
            return OffsetDateTime.parse(value).toInstant();
        } catch (DateTimeParseException e) {
            throw new BadLineException(
                    "has an \"expireTime\" that is not a time such as 2031-05-06T07:08:09Z: " + value);
        }
    }

    private static Duration timeToLive(String value) throws BadLineException {
        try {
            return new DurationConverter().convert(value);
        } catch (TypeConversionException e) {
            throw new BadLineException("has a \"ttl\" that is wrong: " + e.getMessage());
        }
    }

    private static String string(String field, JsonParser json) throws IOException, BadLineException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new BadLineException("has a \"" + field + "\" that is not a string");
        }
        return json.getText();
    }

    private static float[] vector(JsonParser json) throws IOException, BadLineException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new BadLineException("has a \"vector\" that is not an array of numbers");
        }
        float[] values = new float[64];
        int size = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (!json.currentToken().isNumeric()) {
                throw new BadLineException("has a value in \"vector\" that is not a number: place " + (size + 1));
            }
            values = size == values.length ? Arrays.copyOf(values, size * 2) : values;
            values[size] = json.getFloatValue();
            size++;
        }
        return Arrays.copyOf(values, size);
    }

    private static String payload(JsonParser json) throws IOException, BadLineException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new BadLineException("has a \"payload\" that is not a JSON object");
        }
        return json.readValueAsTree().toString();
    }

    private static byte[] base64(String value) throws BadLineException {
        try {
            return Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            throw new BadLineException("has a \"documentBase64\" that is not Base64: " + e.getMessage());
        }
    }

    private VectorRecord record() throws BadLineException {
        if (key == null) {
            throw new BadLineException("has no \"key\"");
        }
        if ((vector == null) == (text == null)) {
            throw new BadLineException("must have one of \"vector\" and \"text\"");
        }
        VectorRecord.Builder record = VectorRecord.builder(key).payload(payload);
        if (vector != null) {
            record.vector(vector);
        }
        if (text != null) {
            record.text(text);
        }
        if (document != null) {
            record.document(new Document(document, mediaType));
        }
        return expiry == null ? record.build() : record.build().expiring(expiry);
    }
}
