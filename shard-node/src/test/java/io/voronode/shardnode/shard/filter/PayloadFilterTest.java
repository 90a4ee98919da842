package io.voronode.shardnode.shard.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import io.voronode.proto.v1.EqualsFilter;
import io.voronode.proto.v1.ExistsFilter;
import io.voronode.proto.v1.Filter;
import io.voronode.proto.v1.FilterList;
import io.voronode.proto.v1.FilterValue;
import io.voronode.proto.v1.InFilter;
import io.voronode.proto.v1.PrefixFilter;
import io.voronode.proto.v1.RangeFilter;
import io.voronode.wire.VoronodeException.BadInput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PayloadFilterTest {
    private static final int PAYLOADS = 400;
    private static final int FILTERS = 1_500;

    @Test
    void acceptsWhatThePlainMeaningAccepts() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        RandomFilters chance = new RandomFilters(new SplittableRandom(seed));
        List<Map<String, @Nullable Object>> payloads = new ArrayList<>();
        for (int i = 0; i < PAYLOADS; i++) {
            payloads.add(chance.payload());
        }
        int accepted = 0;
        try (Index index = new Index(payloads.stream().map(RandomFilters::json).toList())) {
            for (int i = 0; i < FILTERS; i++) {
                Filter filter = chance.filter(3);
                List<Integer> expected = new ArrayList<>();
                for (int doc = 0; doc < PAYLOADS; doc++) {
                    if (NaiveFilter.accepts(filter, payloads.get(doc))) {
                        expected.add(doc);
                    }
                }
                accepted += expected.size();
                assertThat(index.matches(filter))
                        .as("seed %d, filter %s", seed, filter)
                        .isEqualTo(expected);
            }
        }
        assertThat(accepted).as("seed %d", seed).isBetween(FILTERS, (PAYLOADS - 1) * FILTERS);
    }

    @Test
    void numbersCompareByValueHoweverTheyAreWritten() throws IOException {
        try (Index index = new Index(
                List.of("{\"n\":1}", "{\"n\":1.0}", "{\"n\":10e-1}", "{\"n\":\"1\"}", "{\"n\":1.0000000000000002}"))) {
            assertThat(index.matches(equalTo("n", integer(1)))).containsExactly(0, 1, 2);
            assertThat(index.matches(equalTo("n", real(1)))).containsExactly(0, 1, 2);
            assertThat(index.matches(range(RangeFilter.newBuilder().setAbove(integer(1)))))
                    .containsExactly(4);
        }
    }

    @Test
    void integersBeyondTheDoublesStayApart() throws IOException {
        try (Index index = new Index(List.of(
                "{\"n\":9007199254740992}",
                "{\"n\":9007199254740993}",
                "{\"n\":9223372036854775807}",
                "{\"n\":9223372036854775808}"))) {
            assertThat(index.matches(equalTo("n", integer(9007199254740993L)))).containsExactly(1);
            assertThat(index.matches(equalTo("n", real(0x1p53)))).containsExactly(0);
            assertThat(index.matches(range(RangeFilter.newBuilder().setAbove(real(0x1p53)))))
                    .containsExactly(1, 2, 3);
            assertThat(index.matches(range(RangeFilter.newBuilder().setBelow(real(0x1p63)))))
                    .containsExactly(0, 1, 2);
        }
    }

    @Test
    void timesCompareWhateverTheirOffsetAndOnlyWithTimes() throws IOException {
        try (Index index = new Index(List.of(
                "{\"n\":\"2024-02-29T12:00:00Z\"}",
                "{\"n\":\"2024-02-29t13:00:00.000+01:00\"}",
                "{\"n\":\"2024-02-30T12:00:00Z\"}",
                "{\"n\":\"2024-02-29\"}",
                "{\"n\":1709208000}"))) {
            Instant noon = Instant.parse("2024-02-29T12:00:00Z");
            FilterValue value = FilterValue.newBuilder()
                    .setTimestampValue(Timestamp.newBuilder().setSeconds(noon.getEpochSecond()))
                    .build();
            assertThat(index.matches(equalTo("n", value))).containsExactly(0, 1);
            assertThat(index.matches(range(RangeFilter.newBuilder().setAtLeast(value))))
                    .containsExactly(0, 1);
            assertThat(index.matches(range(RangeFilter.newBuilder().setAbove(value))))
                    .isEmpty();
        }
    }

    @Test
    void aSetOfNumbersAndTimesFindsBoth() throws IOException {
        FilterValue time = FilterValue.newBuilder()
                .setTimestampValue(Timestamp.newBuilder().setSeconds(0))
                .build();
        Filter filter = Filter.newBuilder()
                .setIsIn(InFilter.newBuilder().setField("n").addValues(time).addValues(real(1e300)))
                .build();
        try (Index index = new Index(List.of("{\"n\":\"1970-01-01T00:00:00Z\"}", "{\"n\":7}"))) {
            assertThat(index.matches(filter)).containsExactly(0);
        }
        try (Index index = new Index(List.of("{\"n\":1e300}", "{\"n\":\"1970-01-01T00:00:00Z\"}"))) {
            assertThat(index.matches(filter)).containsExactly(0, 1);
        }
    }

    @Test
    void aRangeHoldsForOneElementOfAnArray() throws IOException {
        try (Index index = new Index(List.of("{\"n\":[1,9]}", "{\"n\":[1,5,9]}", "{\"n\":[[4]]}"))) {
            assertThat(index.matches(range(
                            RangeFilter.newBuilder().setAtLeast(integer(4)).setBelow(integer(6)))))
                    .containsExactly(1, 2);
        }
    }

    @Test
    void prefixesFindStringsBeyondTheLimitOfTerms() throws IOException {
        String longest = "é".repeat(30_000);
        try (Index index = new Index(List.of("{\"n\":\"" + longest + "\"}", "{\"n\":\"" + longest + "x\"}"))) {
            Filter prefix = Filter.newBuilder()
                    .setPrefix(PrefixFilter.newBuilder().setField("n").setPrefix("é".repeat(128)))
                    .build();
            assertThat(index.matches(prefix)).containsExactly(0, 1);
            assertThat(index.matches(equalTo(
                            "n",
                            FilterValue.newBuilder().setStringValue(longest).build())))
                    .containsExactly(0);
        }
    }

    @Test
    void anyNumberOfFieldsIsIndexedInTwoFieldsOfTheIndex() throws IOException {
        List<String> payloads = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            payloads.add("{\"field-" + i + "\":" + i + "}");
        }
        try (Index index = new Index(payloads)) {
            assertThat(index.matches(equalTo("field-4321", integer(4321)))).containsExactly(4321);
            assertThat(index.fieldCount()).isEqualTo(2);
        }
    }

    @Test
    void fieldsThatAreEmptyExistAndNullDoesNot() throws IOException {
        try (Index index = new Index(
                List.of("{\"n\":{}}", "{\"n\":[]}", "{\"n\":\"\"}", "{\"n\":null}", "{}", "", "{\"n\":[null]}"))) {
            Filter exists = Filter.newBuilder()
                    .setExists(ExistsFilter.newBuilder().setField("n"))
                    .build();
            assertThat(index.matches(exists)).containsExactly(0, 1, 2, 6);
        }
    }

    @Test
    void theLargestFilterThatTheApiTakesHasNoMoreClausesThanLuceneTakes() throws IOException {
        FilterValue text = FilterValue.newBuilder().setStringValue("x").build();
        Filter mixed = Filter.newBuilder()
                .setIsIn(InFilter.newBuilder().setField("n").addValues(text).addValues(integer(7)))
                .build();
        FilterList.Builder all = FilterList.newBuilder();
        for (int condition = 0; condition < 255; condition++) {
            all.addFilters(Filter.newBuilder().setNoneOf(FilterList.newBuilder().addFilters(mixed)));
        }
        Filter largest = Filter.newBuilder().setAllOf(all.addFilters(mixed)).build();
        try (Index index = new Index(List.of("{\"n\":7}", "{\"n\":8}"))) {
            assertThat(index.matches(largest)).isEmpty();
        }
    }

    @Test
    void filtersThatSayNothingAreRefused() {
        assertThatThrownBy(() -> PayloadFilter.of(Filter.getDefaultInstance())).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> PayloadFilter.of(Filter.newBuilder()
                        .setNoneOf(FilterList.getDefaultInstance())
                        .build()))
                .isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> PayloadFilter.of(equalTo("n", FilterValue.getDefaultInstance())))
                .isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> PayloadFilter.of(range(RangeFilter.newBuilder())))
                .isInstanceOf(BadInput.class);
    }

    private static Filter equalTo(String field, FilterValue value) {
        return Filter.newBuilder()
                .setEquals(EqualsFilter.newBuilder().setField(field).setValue(value))
                .build();
    }

    private static Filter range(RangeFilter.Builder bounds) {
        return Filter.newBuilder().setRange(bounds.setField("n")).build();
    }

    private static FilterValue integer(long value) {
        return FilterValue.newBuilder().setIntegerValue(value).build();
    }

    private static FilterValue real(double value) {
        return FilterValue.newBuilder().setDoubleValue(value).build();
    }

    /** Payloads in several segments, a document each. */
    private static final class Index implements AutoCloseable {
        private final Directory directory = new ByteBuffersDirectory();
        private final DirectoryReader reader;

        Index(List<String> payloads) throws IOException {
            try (IndexWriter writer =
                    new IndexWriter(directory, new IndexWriterConfig().setMergePolicy(NoMergePolicy.INSTANCE))) {
                for (int i = 0; i < payloads.size(); i++) {
                    Document document = new Document();
                    PayloadFields.add(payloads.get(i), document);
                    writer.addDocument(document);
                    if (i % 150 == 149) {
                        writer.flush();
                    }
                }
            }
            this.reader = DirectoryReader.open(directory);
        }

        List<Integer> matches(Filter filter) throws IOException {
            ScoreDoc[] found = new IndexSearcher(reader)
                    .search(PayloadFilter.of(filter).within(0).documents(), Math.max(1, reader.maxDoc()))
                    .scoreDocs;
            return Arrays.stream(found).map(hit -> hit.doc).sorted().toList();
        }

        int fieldCount() {
            return FieldInfos.getMergedFieldInfos(reader).size();
        }

        @Override
        public void close() throws IOException {
            reader.close();
            directory.close();
        }
    }
}
