package io.voronode.benchmarks.server;

import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.process.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Runs one load against a server made for it; what it leaves on the disk is removed. */
public final class IngestBench {
    private static final int SINGLE_WRITES = 2_000;
    private static final int SINGLE_RECORDS = 30_000;

    private final Path launcher;
    private final Cache cache;

    /** @param launcher {@code scripts/voronode} of a tree that is built */
    public IngestBench(Path launcher, Cache cache) {
        this.launcher = launcher;
        this.cache = cache;
    }

    /**
     * A load as the scenario has it.
     *
     * @param atMost records; fewer than the scenario's make a run that says little
     * @return lines for a person
     */
    public Stream<String> run(IngestScenario scenario, int atMost) throws IOException, InterruptedException {
        IngestLoad load = scenario.load(cache, atMost);
        IngestFigures figures = onServer(scenario.nodes(), server -> new IngestRun(scenario, load, server).measure());
        return IngestLines.of(figures);
    }

    /** Single writes, one after the other. */
    public Stream<String> single() throws IOException, InterruptedException {
        IngestLoad load = IngestScenario.GLOVE.load(cache, SINGLE_RECORDS);
        SingleUpserts figures = onServer(1, server -> {
            try (var client = server.connect()) {
                return SingleUpserts.measure(load, SINGLE_WRITES, client);
            }
        });
        return IngestLines.of(figures);
    }

    private <T> T onServer(int nodes, Measurement<T> measurement) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("voronode-ingest");
        try (MeasuredServer server = MeasuredServer.start(launcher, folder.resolve("data"), nodes)) {
            return measurement.of(server);
        } finally {
            Folders.remove(folder);
        }
    }

    /** What is measured on a server. */
    @FunctionalInterface
    private interface Measurement<T> {
        T of(MeasuredServer server) throws IOException, InterruptedException;
    }
}
