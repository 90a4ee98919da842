package io.voronode.coordinator.image;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.GenerationNode;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The cell maps and calibrations that the tree names by digest. The image's thread brackets the look-ups for one image between {@link
 * #begin()} and {@link #end()}.
 */
final class TreeBlobs implements ImageBuilder.BlobLookup, AutoCloseable {
    private final Path folder;
    private final CellMapStore cellMaps;
    private final BlobCache calibrationBlobs;
    private final BlobFetcher<CellMap> maps;
    private final BlobFetcher<ProbeCalibration> calibrations;

    /** Calls back, on a thread of its own, when a blob has come that was not there when it was looked up. */
    TreeBlobs(Path folder, BlobSource source, Runnable onFetched) {
        this.folder = folder;
        this.cellMaps = new CellMapStore(folder.resolve("cell-maps"), source);
        this.calibrationBlobs = new BlobCache(folder.resolve("calibrations"), source);
        this.maps = new BlobFetcher<>(onFetched);
        this.calibrations = new BlobFetcher<>(onFetched);
    }

    /** The same folder, filled from another source. */
    CellMapStore cellMaps(BlobSource source) {
        return new CellMapStore(folder.resolve("cell-maps"), source);
    }

    CellMapStore cellMaps() {
        return cellMaps;
    }

    void begin() {
        maps.begin();
        calibrations.begin();
    }

    @Override
    public @Nullable CellMap map(CollectionSpec spec, GenerationNode node) {
        Supplier<CellMap> load = () -> cellMaps.map(spec, node.getCellMapDigest(), node.getCellMapPartition());
        // The map of generation 0 follows from the collection.
        return node.getGeneration() == 0
                ? maps.get(node.getCellMapDigest(), load)
                : maps.find(node.getCellMapDigest(), load, "cell map of collection \"" + spec.getName() + "\"");
    }

    @Override
    public @Nullable ProbeCalibration calibration(CollectionSpec spec, GenerationNode node) {
        return calibrations.find(
                node.getCalibrationDigest(),
                () -> ProbeCalibration.decode(
                        calibrationBlobs.bytes(node.getCalibrationDigest(), node.getCalibrationPartition())),
                "calibration of collection \"" + spec.getName() + "\"");
    }

    void end() {
        cellMaps.retain(maps.end());
        calibrationBlobs.retain(calibrations.end());
    }

    @Override
    public void close() {
        maps.close();
        calibrations.close();
    }
}
