package io.voronode.benchmarks.index;

import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.data.Dataset;
import io.voronode.benchmarks.data.Fingerprint;
import io.voronode.benchmarks.meter.CpuTimer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The peers' indexes over one data set, in the cache: their builds take minutes, so each is built once for the same rows,
 * and what it took is kept beside it.
 *
 * @param fingerprint of the data set
 */
public record PeerShelf(Cache cache, String fingerprint) {

    private static final String FILES = "index";
    private static final String COST = "build-cpu-seconds";

    public static PeerShelf of(Dataset data, Cache cache) {
        return new PeerShelf(cache, Fingerprint.of(data));
    }

    /**
     * Finds an index, or builds it.
     *
     * @param name of engine, version and settings
     * @param build writes the index into an empty folder
     */
    PeerFolder folder(String name, Cache.Filler build) throws IOException {
        Path entry = cache.entry("peers/" + fingerprint + "/" + name, folder -> {
            Path files = Files.createDirectories(folder.resolve(FILES));
            double before = CpuTimer.processSeconds();
            build.fill(files);
            Files.writeString(folder.resolve(COST), String.valueOf(CpuTimer.processSeconds() - before));
        });
        return new PeerFolder(entry.resolve(FILES), Double.parseDouble(Files.readString(entry.resolve(COST))));
    }
}
