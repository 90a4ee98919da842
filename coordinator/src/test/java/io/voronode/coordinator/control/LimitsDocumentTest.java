package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.coordinator.validate.Limits;
import io.voronode.wire.Channels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Whether docs/limits.md tells the limits that hold. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitsDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "limits.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([^|]+) \\| ([^|]+) \\|$");

    private Map<String, String> rows = Map.of();

    @BeforeAll
    void read() throws IOException {
        rows = ROW.matcher(Files.readString(DOCUMENT))
                .results()
                .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
    }

    private void says(String row, String start) {
        assertThat(rows).containsKey(row);
        assertThat(rows.get(row)).as(row).startsWith(start);
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value).replace(',', ' ');
    }

    @Test
    void ofCollections() {
        says("dimension", "1 to " + count(CollectionLimits.MAX_DIMENSION));
        says("shards of the index (`--shards`)", "1 to " + count(CollectionLimits.MAX_SHARDS));
        says("copies of the index (`--index-replicas`)", "1 to " + CollectionLimits.MAX_INDEX_REPLICAS);
        says(
                "records at which cells are trained (`--train-at`)",
                "1 or more; " + count(CollectionLimits.DEFAULT_TRAIN_AT) + " by default");
    }

    @Test
    void ofRecords() {
        says("key", Limits.KEY_BYTES + " bytes");
        says("payload", (Limits.PAYLOAD_BYTES >> 10) + " KiB, " + Limits.PAYLOAD_LEVELS + " levels");
        says("media type of the document", Limits.MEDIA_TYPE_BYTES + " bytes");
        says("key, vector, payload and document together", (Limits.RECORD_BYTES >> 10) + " KiB");
    }

    @Test
    void ofCalls() {
        says("records to write, payloads to change, or keys to delete", count(Limits.BATCH_RECORDS));
        says(
                "records that one `DeleteByFilter` deletes; the Java client and the command call again",
                count(Limits.FILTER_DELETES));
        says("keys to get", count(Limits.GET_KEYS));
        says(
                "records of a page of a scroll",
                count(Limits.SCROLL_LIMIT) + "; " + Limits.SCROLL_DEFAULT_LIMIT + " by default");
        says("queries of a batch", count(Limits.BATCH_QUERIES));
        says("bytes of a message, in either direction", (Channels.MAX_MESSAGE_BYTES >> 20) + " MiB");
    }

    @Test
    void ofSearches() {
        says("`--k`", "1 to " + count(Limits.HITS));
        says("`--ef`", "1 to " + count(Limits.HITS));
        says(
                "`--recall`",
                Limits.MIN_TARGET_RECALL + " to " + Limits.MAX_TARGET_RECALL + "; " + Limits.DEFAULT_TARGET_RECALL
                        + " by default");
    }
}
