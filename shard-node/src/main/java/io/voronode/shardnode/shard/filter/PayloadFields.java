package io.voronode.shardnode.shard.filter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.document.BinaryPoint;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.util.BytesRef;

/**
 * Indexes a payload: every value by the path to it, arrays by each of their elements. A string is indexed as a string and, in the form
 * of RFC 3339, as a point in time, too; null as nothing. Used for one payload.
 */
public final class PayloadFields {
    // The coordinator has checked depth, length and numbers. Names are those of users: a table of them would only grow.
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final Document document;
    private final Map<String, FieldValues> fields = new HashMap<>();

    private PayloadFields(Document document) {
        this.document = document;
    }

    /**
     * Adds the fields of a payload to its document.
     *
     * @param payload a JSON object; empty stands for {}
     * @throws IOException if it is not JSON
     */
    public static void add(String payload, Document document) throws IOException {
        if (payload.isEmpty()) {
            return;
        }
        try (JsonParser parser = JSON.createParser(payload)) {
            parser.nextToken();
            new PayloadFields(document).object("", parser);
        }
    }

    private void object(String prefix, JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String path = prefix + parser.currentName();
            value(path, parser.nextToken(), parser);
        }
    }

    private void value(String path, JsonToken token, JsonParser parser) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        FieldValues field = fields.computeIfAbsent(path, this::present);
        switch (token) {
            case START_OBJECT -> object(path + ".", parser);
            case START_ARRAY -> elements(path, parser);
            case VALUE_STRING -> string(field, parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> point(field.numbers(), number(parser.getDecimalValue()));
            case VALUE_TRUE -> term(field.bool(true));
            case VALUE_FALSE -> term(field.bool(false));
            default -> throw new IOException("a value of a payload begins with " + token);
        }
    }

    private void elements(String path, JsonParser parser) throws IOException {
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            value(path, token, parser);
        }
    }

    private FieldValues present(String path) {
        FieldValues field = new FieldValues(path);
        term(field.exists());
        return field;
    }

    private void string(FieldValues field, String value) {
        term(field.string(value));
        Rfc3339.parse(value).ifPresent(time -> point(field.times(), FieldValues.time(time)));
    }

    private static byte[] number(BigDecimal value) {
        try {
            return FieldValues.number(value.longValueExact());
        } catch (ArithmeticException notA64BitInteger) {
            return FieldValues.number(value.doubleValue());
        }
    }

    private void term(BytesRef term) {
        document.add(new StringField(FieldValues.TERMS, term, Field.Store.NO));
    }

    private void point(byte[] field, byte[] value) {
        document.add(new BinaryPoint(FieldValues.POINTS, field, value));
    }
}
