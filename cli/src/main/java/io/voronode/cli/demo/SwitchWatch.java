package io.voronode.cli.demo;

import io.voronode.cli.table.Figures;
import io.voronode.client.CollectionInfo;
import io.voronode.client.GenerationInfo;
import io.voronode.client.GenerationState;
import io.voronode.client.VoronodeClient;
import io.voronode.wire.VoronodeException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells the steps from one cell to trained cells while loading goes on. Owns the thread that looks; who started it stops it. */
final class SwitchWatch {
    private static final Duration INTERVAL = Duration.ofMillis(300);

    private final VoronodeClient client;
    private final String collection;
    private final Consumer<String> notes;
    private final Thread thread;
    private int trainingSeen;
    private int buildingSeen;
    private int servingSeen;
    private boolean troubleSeen;

    private SwitchWatch(VoronodeClient client, CollectionInfo collection, Consumer<String> notes) {
        this.client = client;
        this.collection = collection.config().name();
        this.notes = notes;
        this.servingSeen = collection.servingGeneration();
        this.thread = Thread.ofPlatform().daemon().name("demo-switch-watch").unstarted(this::run);
    }

    static SwitchWatch start(VoronodeClient client, CollectionInfo collection, Consumer<String> notes) {
        SwitchWatch watch = new SwitchWatch(client, collection, notes);
        watch.thread.start();
        return watch;
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                look();
            }
        } catch (InterruptedException e) {
            // Stopped.
        }
    }

    private void look() throws InterruptedException {
        try {
            tell(client.getCollection(collection));
        } catch (VoronodeException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("stopped while looking");
            }
            if (!troubleSeen) {
                troubleSeen = true;
                notes.accept("  the state of the index cannot be shown: " + e.getMessage());
            }
        }
    }

    private void tell(CollectionInfo info) {
        info.generations().forEach(generation -> tell(generation, info.recordCount()));
        GenerationInfo serving = info.serving().orElse(null);
        if (info.servingGeneration() > servingSeen) {
            notes.accept("  switched: searches now scan " + cells(serving) + " instead of one, at "
                    + Figures.count(info.recordCount()) + " records");
            servingSeen = info.servingGeneration();
        }
    }

    private void tell(GenerationInfo generation, long records) {
        if (generation.state() == GenerationState.TRAINING && generation.number() > trainingSeen) {
            trainingSeen = generation.number();
            notes.accept("  training cells at " + Figures.count(records) + " records; loading goes on");
        }
        if (generation.state() == GenerationState.BUILDING && generation.number() > buildingSeen) {
            buildingSeen = generation.number();
            notes.accept("  trained " + cells(generation) + "; records move into them while loading goes on");
        }
    }

    private static String cells(@Nullable GenerationInfo generation) {
        return generation == null ? "trained cells" : Figures.counted(generation.cellCount(), "cell");
    }

    void stop() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
