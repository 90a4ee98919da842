package io.voronode.cli.demo;

import io.voronode.cli.CliException;
import io.voronode.cli.Terminal;
import io.voronode.cli.progress.Progress;
import io.voronode.cli.table.Figures;
import io.voronode.cli.wordnet.Synset;
import io.voronode.cli.wordnet.WordNet;
import io.voronode.client.CollectionConfig;
import io.voronode.client.CollectionInfo;
import io.voronode.client.Metric;
import io.voronode.client.ReadOptions;
import io.voronode.client.StoredRecord;
import io.voronode.client.UpsertSummary;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.WriteResult;
import io.voronode.wire.VoronodeException.NotFound;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * Brings WordNet's glosses into a collection, once: what is there already is not embedded again, so an interrupted load goes on
 * where it ended. Used by one thread.
 */
final class WordNetLoader {
    static final String COLLECTION = "wordnet";

    private static final String MODEL = "all-minilm-l6-v2-q";
    private static final int DIMENSION = 384;
    private static final int MOST_USED = 20_000;
    private static final int ALL = 117_791;
    private static final Duration SWITCH_PATIENCE = Duration.ofMinutes(3);
    private static final int LOOK_MS = 200;

    private final VoronodeClient client;
    private final Terminal terminal;
    private final LoadMark mark;

    WordNetLoader(VoronodeClient client, Terminal terminal, LoadMark mark) {
        this.client = client;
        this.terminal = terminal;
        this.mark = mark;
    }

    /** Returns when all wanted synsets are in the collection and trained cells serve. */
    void load(boolean all) throws IOException, InterruptedException {
        CollectionInfo collection = collection();
        int wanted = all ? ALL : MOST_USED;
        if (mark.loaded(collection.uuid()) >= wanted) {
            say(Figures.count(client.count(COLLECTION)) + " glosses of WordNet are here already");
        } else {
            List<Synset> missing = missing(all ? WordNet.all() : WordNet.mostFrequent(MOST_USED), collection);
            upsert(missing, wanted, collection);
            mark.write(collection.uuid(), wanted);
        }
        awaitTrainedCells();
    }

    private CollectionInfo collection() {
        try {
            return client.getCollection(COLLECTION);
        } catch (NotFound e) {
            return client.createCollection(CollectionConfig.builder(COLLECTION)
                    .dimension(DIMENSION)
                    .metric(Metric.COSINE)
                    .model(MODEL)
                    .build());
        }
    }

    private List<Synset> missing(List<Synset> wanted, CollectionInfo collection) {
        if (collection.recordCount() == 0) {
            return wanted;
        }
        Set<String> present = client.scroll(COLLECTION, ReadOptions.DEFAULT)
                .map(StoredRecord::key)
                .collect(Collectors.toSet());
        say(Figures.count(present.size()) + " glosses are here from an earlier load, which goes on");
        return wanted.stream().filter(synset -> !present.contains(synset.key())).toList();
    }

    private void upsert(List<Synset> synsets, int wanted, CollectionInfo collection) throws InterruptedException {
        long start = System.nanoTime();
        UpsertSummary summary;
        long already = (long) wanted - synsets.size();
        try (Progress progress = Progress.on(terminal, "loading WordNet", "glosses", already, wanted)) {
            SwitchWatch watch = SwitchWatch.start(client, collection, progress::note);
            try {
                summary = upsert(synsets, already, progress);
            } finally {
                watch.stop();
            }
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        say("loaded and embedded " + Figures.count(summary.written()) + " glosses in " + Figures.time(time) + " ("
                + Figures.rate(summary.written(), time) + ")");
    }

    private UpsertSummary upsert(List<Synset> synsets, long already, Progress progress) {
        AtomicReference<WriteResult> refused = new AtomicReference<>();
        AtomicLong done = new AtomicLong(already);
        UpsertSummary summary = client.upsertAll(COLLECTION, records(synsets), results -> {
            results.stream().filter(result -> !result.ok()).forEach(refused::set);
            progress.reached(done.addAndGet(results.size()));
        });
        WriteResult problem = refused.get();
        if (problem != null) {
            throw new CliException(Figures.count(summary.failed()) + " glosses were refused, the last one, "
                    + problem.key() + ", because: " + problem.message());
        }
        return summary;
    }

    private static Iterator<VectorRecord> records(List<Synset> synsets) {
        return synsets.stream().map(SynsetRecords::record).iterator();
    }

    private void awaitTrainedCells() throws InterruptedException {
        long end = System.nanoTime() + SWITCH_PATIENCE.toNanos();
        CollectionInfo info = client.getCollection(COLLECTION);
        if (info.servingGeneration() > 0 || info.recordCount() < info.config().trainAt()) {
            return;
        }
        say("waiting for the trained cells");
        SwitchWatch watch = SwitchWatch.start(client, info, this::say);
        try {
            while (info.servingGeneration() == 0 && System.nanoTime() < end) {
                Thread.sleep(LOOK_MS);
                info = client.getCollection(COLLECTION);
            }
        } finally {
            watch.stop();
        }
        if (info.servingGeneration() == 0) {
            say("the trained cells are not ready yet; searches scan the one cell there is, which is exact");
        }
    }

    private void say(String line) {
        terminal.err().println(line);
    }
}
