package io.voronode.engine.clustering;

import io.voronode.engine.quantization.CodeBlock;
import io.voronode.engine.quantization.RabitqCode;
import io.voronode.engine.quantization.RabitqEncoder;
import io.voronode.engine.quantization.RabitqQuery;
import io.voronode.engine.quantization.Rotation;
import io.voronode.engine.quantization.VectorCode;
import io.voronode.engine.simd.CodeKernels;
import io.voronode.engine.simd.VectorKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The codes of centroids, as posting lists have them of vectors, to propose the near ones of a query. They take no more than a tenth of the bytes
 * of the centroids, of which many do not fit the cache. Immutable; any thread.
 */
final class CentroidCodes {

    /** The codes of centroids need no seed of their own: nothing is kept of them. */
    private static final long SEED = 1;

    private final Rotation rotation;
    private final float[] origin;
    private final MemorySegment blocks;
    private final int count;
    private final float meanFactor;

    /** Makes the codes; a few microseconds for each centroid. */
    CentroidCodes(float[][] centroids) {
        int coordinates = centroids[0].length;
        this.count = centroids.length;
        this.rotation = Rotation.of(SEED, coordinates);
        this.origin = CentroidTable.mean(centroids);
        int blockBytes = CodeKernels.blockBytes(RabitqCode.scanBytes(coordinates));
        this.blocks =
                Arena.ofAuto().allocate((long) blockBytes * Math.ceilDiv(count, CodeKernels.LANES), CodeKernels.LANES);
        this.meanFactor = fill(centroids, blockBytes);
    }

    /** Returns the mean factor of the codes. */
    private float fill(float[][] centroids, int blockBytes) {
        int coordinates = centroids[0].length;
        RabitqEncoder encoder = new RabitqEncoder(rotation, origin, null);
        encoder.setCentroid(origin);
        VectorCode code = new VectorCode(RabitqCode.scanBytes(coordinates), RabitqCode.recordBytes(coordinates));
        CodeBlock block = new CodeBlock(code.scan().length);
        double factors = 0;
        for (int i = 0; i < count; i++) {
            encoder.encode(centroids[i], 0, code);
            factors += Math.abs(RabitqCode.scanFactor(code));
            block.add(code);
            if (block.isFull() || i == count - 1) {
                long at = (long) (i / CodeKernels.LANES) * blockBytes;
                MemorySegment.copy(block.bytes(), 0, blocks, ValueLayout.JAVA_BYTE, at, blockBytes);
                block.clear();
            }
        }
        return (float) (factors / count);
    }

    int count() {
        return count;
    }

    /** A query for these codes, to be set and used by one thread. */
    RabitqQuery newQuery() {
        return new RabitqQuery(rotation, origin, null);
    }

    /** Writes estimates of ‖q−c‖² − ‖q−o‖², o being the mean of the centroids. Room for whole blocks. */
    void estimates(RabitqQuery query, float[] out) {
        CodeKernels.best().lowerBounds(blocks, 0, count, query.tables(), query.scanShift(0, 0), out);
    }

    /** The standard deviation of the estimates of a centroid as far from the others as most, for a query so far from their mean. */
    float deviation(RabitqQuery query, float distance) {
        return meanFactor * (query.scanShift(distance, 1) - query.scanShift(0, 0));
    }

    /** How far a query is from the mean of the centroids. */
    float distance(float[] point) {
        return (float) Math.sqrt(VectorKernels.best().squaredDistance(point, origin));
    }
}
