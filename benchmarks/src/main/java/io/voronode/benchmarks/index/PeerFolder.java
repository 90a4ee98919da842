package io.voronode.benchmarks.index;

import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.meter.CpuTimer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A peer's index in the cache, beside it the processor time that its build took: minutes, so it is built once for the
 * same rows.
 */
record PeerFolder(Path files, double buildCpuSeconds) {

    private static final String FILES = "index";
    private static final String COST = "build-cpu-seconds";

    /**
     * Finds the index, or builds it.
     *
     * @param fingerprint of the rows
     * @param name of engine, version and settings
     * @param build writes the index into an empty folder
     */
    static PeerFolder open(Cache cache, String fingerprint, String name, Cache.Filler build) throws IOException {
        Path entry = cache.entry("peers/" + fingerprint + "/" + name, folder -> {
            Path files = Files.createDirectories(folder.resolve(FILES));
            double before = CpuTimer.processSeconds();
            build.fill(files);
            Files.writeString(folder.resolve(COST), String.valueOf(CpuTimer.processSeconds() - before));
        });
        return new PeerFolder(entry.resolve(FILES), Double.parseDouble(Files.readString(entry.resolve(COST))));
    }
}
