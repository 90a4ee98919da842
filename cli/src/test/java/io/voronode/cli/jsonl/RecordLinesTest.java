package io.voronode.cli.jsonl;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.Expiry;
import io.voronode.client.VectorRecord;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecordLinesTest {
    private static List<Line> read(byte[] file) {
        RecordLines lines = new RecordLines(new ByteArrayInputStream(file));
        List<Line> read = new ArrayList<>();
        for (Line line = lines.next(); line != null; line = lines.next()) {
            read.add(line);
        }
        return read;
    }

    private static List<Line> read(String file) {
        return read(file.getBytes(StandardCharsets.UTF_8));
    }

    private static VectorRecord good(String line) {
        assertThat(read(line)).singleElement().isInstanceOf(Line.Good.class);
        return ((Line.Good) read(line).get(0)).record();
    }

    @Test
    void readsEveryField() {
        VectorRecord record = good("{\"key\":\"k\",\"vector\":[1,-2.5,3e2],\"payload\":{ \"a\": [1, null] },"
                + "\"document\":\"Grüße\",\"mediaType\":\"text/html\"}");

        assertThat(record.key()).isEqualTo("k");
        assertThat(record.vector()).containsExactly(1f, -2.5f, 300f);
        assertThat(record.payload()).isEqualTo("{\"a\":[1,null]}");
        assertThat(record.document()).isNotNull();
        assertThat(record.document().asText()).isEqualTo("Grüße");
        assertThat(record.document().mediaType()).isEqualTo("text/html");
    }

    @Test
    void readsTextsAndBase64AndTakesNullForAbsent() {
        VectorRecord record = good(
                "{\"mediaType\":\"image/png\",\"documentBase64\":\"AP8=\",\"key\":\"k\",\"text\":\"t\",\"vector\":null}");

        assertThat(record.text()).isEqualTo("t");
        assertThat(record.vector()).isNull();
        assertThat(record.document()).isNotNull();
        assertThat(record.document().content()).containsExactly(0, -1);
        assertThat(record.document().mediaType()).isEqualTo("image/png");
    }

    @Test
    void readsWhenARecordExpiresOrHowLongItLives() {
        assertThat(good("{\"key\":\"k\",\"text\":\"t\",\"expireTime\":\"2031-05-06T09:08:09+02:00\"}")
                        .expiry())
                .isEqualTo(Expiry.at(Instant.parse("2031-05-06T07:08:09Z")));
        assertThat(good("{\"key\":\"k\",\"text\":\"t\",\"ttl\":\"7d\"}").expiry())
                .isEqualTo(Expiry.after(Duration.ofDays(7)));
        assertThat(good("{\"key\":\"k\",\"text\":\"t\"}").expiry()).isNull();
    }

    @Test
    void readsVectorsOfManyDimensions() {
        String values = "0.5,".repeat(4_095) + "1";

        assertThat(good("{\"key\":\"k\",\"vector\":[" + values + "]}").vector())
                .hasSize(4_096)
                .endsWith(1f);
    }

    @Test
    void numbersLinesAsAnEditorDoesAndGoesOnBehindBadOnes() {
        List<Line> lines = read("{\"key\":\"a\",\"text\":\"t\"}\r\n\n  \nnonsense\n{\"key\":\"b\",\"text\":\"t\"}");

        assertThat(lines).extracting(Line::number).containsExactly(1L, 4L, 5L);
        assertThat(lines.get(1)).isInstanceOf(Line.Bad.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    [1]                                            | is not a JSON object
                    {"key":"k","text":"t"                          | is not valid JSON: Unexpected end-of-input
                    {"key":"k","text":"t"} x                       | is not valid JSON: Unrecognized token
                    {"key":"k","text":"t"} {}                      | has something behind its JSON object
                    {"text":"t"}                                   | has no "key"
                    {"key":7,"text":"t"}                           | has a "key" that is not a string
                    {"key":"k"}                                    | must have one of "vector" and "text"
                    {"key":"k","text":"t","vector":[1]}            | must have one of "vector" and "text"
                    {"key":"k","vector":"1,2"}                     | has a "vector" that is not an array of numbers
                    {"key":"k","vector":[1,"2"]}                   | has a value in "vector" that is not a number: place 2
                    {"key":"k","text":"t","payload":[1]}           | has a "payload" that is not a JSON object
                    {"key":"k","text":"t","vektor":[1]}            | has the unknown field "vektor"
                    {"key":"k","text":"t","key":"k"}               | is not valid JSON: Duplicate field 'key'
                    {"key":"k","text":"t","expireTime":"tomorrow"} | has an "expireTime" that is not a time
                    {"key":"k","text":"t","ttl":"7 days"}          | has a "ttl" that is wrong: "7 days" is not a time
                    {"key":"k","text":"t","ttl":30}                | has a "ttl" that is not a string
                    {"key":"k","text":"t","ttl":"1h","expireTime":"2031-05-06T07:08:09Z"} | has both expireTime and ttl
                    {"key":"k","text":"t","documentBase64":"*"}    | has a "documentBase64" that is not Base64
                    {"key":"k","text":"t","document":"d","documentBase64":"ZA=="} | has both document and documentBase64
                    """)
    void saysWhatIsWrongWithALine(String line, String problem) {
        assertThat(read(line))
                .singleElement()
                .satisfies(bad -> assertThat(((Line.Bad) bad).problem()).startsWith(problem));
    }

    @Test
    void saysThatALineIsNotUtf8() {
        assertThat(read(new byte[] {'{', (byte) 0xff, '}'})).containsExactly(new Line.Bad(1, "is not UTF-8"));
    }

    @Test
    void doesNotKeepALineWithoutEnd() {
        byte[] endless = new byte[LineReader.MAX_LINE_BYTES + 100];
        Arrays.fill(endless, (byte) 'x');
        endless[endless.length - 40] = '\n';

        List<Line> lines = read(endless);

        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).isEqualTo(new Line.Bad(1, "is longer than 16 MiB"));
        assertThat(lines.get(1).number()).isEqualTo(2);
    }
}
