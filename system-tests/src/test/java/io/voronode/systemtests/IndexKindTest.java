package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.client.CollectionConfig;
import io.voronode.client.CollectionInfo;
import io.voronode.client.CollectionUpdate;
import io.voronode.client.GenerationInfo;
import io.voronode.client.Hit;
import io.voronode.client.IndexKind;
import io.voronode.client.Metric;
import io.voronode.client.Query;
import io.voronode.client.SearchOptions;
import io.voronode.client.SearchResult;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.wire.VoronodeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A collection changes its index kind while it is searched, through all of them. */
@Tag("slow")
final class IndexKindTest {
    private static final String COLLECTION = "kinds";
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final int RECORDS = 3_000;
    private static final int DIMENSION = 24;
    private static final int QUERIES = 30;
    private static final int K = 10;
    private static final List<IndexKind> KINDS =
            List.of(IndexKind.IVF_FLAT, IndexKind.IVF_PQ, IndexKind.HNSW, IndexKind.IVF_SQ8, IndexKind.IVF_RABITQ);

    private final long seed = Seeds.next("IndexKindTest");
    private final Articles articles = new Articles(COLLECTION, seed, DIMENSION);

    @Test
    void everyKindFindsTheSameWhenAskedForAllAndMostWhenNot(@TempDir Path temp) throws InterruptedException {
        try (DevProcess server = DevProcess.start(temp.resolve("data"));
                VoronodeClient client = VoronodeClient.connect(server.address())) {
            client.createCollection(CollectionConfig.builder(COLLECTION)
                    .dimension(DIMENSION)
                    .metric(Metric.EUCLIDEAN)
                    .indexKind(IndexKind.FLAT)
                    .trainAt(1_000)
                    .build());
            List<VectorRecord> records =
                    IntStream.range(0, RECORDS).mapToObj(articles::record).toList();
            assertThat(client.upsert(COLLECTION, records, Wait.INDEXED).ok()).isTrue();
            articles.checkExactSearches(client, RECORDS, 3, K);
            int serving = 0;
            int[] before = found(client);
            for (IndexKind kind : KINDS) {
                List<int[]> meanwhile = new ArrayList<>();
                client.updateCollection(COLLECTION, CollectionUpdate.NONE.withIndexKind(kind));
                serving = awaitLaterGeneration(client, kind, serving, () -> meanwhile.add(found(client)));
                articles.checkExactSearches(client, RECORDS, 3, K);
                int[] after = found(client);
                assertThat(recall(after)).as("recall of %s", kind).isGreaterThan(0.85);
                checkRecallOfSwitch(kind, before, meanwhile, after);
                checkTargetRecall(client, kind);
                before = after;
            }
        }
    }

    private static int awaitLaterGeneration(VoronodeClient client, IndexKind kind, int before, Runnable meanwhile)
            throws InterruptedException {
        CollectionInfo[] last = new CollectionInfo[1];
        Eventually.await(kind + " serving", TIMEOUT, () -> {
            meanwhile.run();
            last[0] = client.getCollection(COLLECTION);
            boolean serves = last[0].servingGeneration() > before
                    && last[0].generations().size() == 1;
            return serves ? null : last[0].toString();
        });
        GenerationInfo generation = last[0].serving().orElseThrow();
        assertThat(generation.cellCount() > 1).as("%s", generation).isEqualTo(kind != IndexKind.HNSW);
        return generation.number();
    }

    /** Of what an exact search finds, how many one with the server's defaults finds, for each query. */
    private int[] found(VoronodeClient client) {
        Random random = new Random(seed);
        int[] found = new int[QUERIES];
        for (int i = 0; i < QUERIES; i++) {
            Query query = Query.of(Seeds.vector(random, DIMENSION));
            Set<String> exact = keys(client.search(
                    COLLECTION,
                    query,
                    SearchOptions.builder(K).nprobe(SearchOptions.ALL_CELLS).build()));
            exact.retainAll(keys(client.search(COLLECTION, query, SearchOptions.top(K))));
            found[i] = exact.size();
        }
        return found;
    }

    private static double recall(int[] found) {
        return (double) IntStream.of(found).sum() / (QUERIES * K);
    }

    /** Each query is answered by one of the two generations. What a merge of segments changes in their estimates is allowed for. */
    private static void checkRecallOfSwitch(IndexKind kind, int[] before, List<int[]> meanwhile, int[] after) {
        double lower = recall(IntStream.range(0, QUERIES)
                .map(i -> Math.min(before[i], after[i]))
                .toArray());
        assertThat(meanwhile)
                .isNotEmpty()
                .allSatisfy(found -> assertThat(recall(found))
                        .as("while %s takes over", kind)
                        .isGreaterThanOrEqualTo(lower - 0.03));
    }

    private static Set<String> keys(SearchResult result) {
        return new HashSet<>(result.hits().stream().map(Hit::key).toList());
    }

    private void checkTargetRecall(VoronodeClient client, IndexKind kind) {
        Query query = Query.of(Seeds.vector(new Random(seed), DIMENSION));
        SearchOptions options = SearchOptions.builder(K).targetRecall(0.9).build();
        if (kind != IndexKind.HNSW) {
            assertThat(client.search(COLLECTION, query, options).hits()).hasSize(K);
            return;
        }
        assertThatThrownBy(() -> client.search(COLLECTION, query, options))
                .isInstanceOf(VoronodeException.BadInput.class)
                .hasMessageContaining("target_recall = 0.9")
                .hasMessageContaining("HNSW");
        SearchOptions wide = SearchOptions.builder(K).ef(RECORDS).build();
        SearchOptions exact =
                SearchOptions.builder(K).nprobe(SearchOptions.ALL_CELLS).build();
        assertThat(keys(client.search(COLLECTION, query, wide)))
                .isEqualTo(keys(client.search(COLLECTION, query, exact)));
    }
}
