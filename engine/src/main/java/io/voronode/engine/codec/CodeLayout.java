package io.voronode.engine.codec;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.quantization.ByteCode;
import io.voronode.engine.quantization.ProductQuantizer;
import io.voronode.engine.quantization.RabitqCode;
import io.voronode.engine.quantization.RabitqEncoder;
import io.voronode.engine.quantization.Rotation;
import io.voronode.engine.quantization.VectorCode;
import org.jspecify.annotations.Nullable;

/**
 * What a writer needs to know to make the codes of one field. Immutable.
 *
 * @param inBytes whether codes are of a byte a coordinate, see {@link ByteCode}
 * @param map whose centroids the codes are relative to
 * @param product makes scan codes; null where they are RaBitQ's, or there are none
 * @param minVectors segments with fewer vectors get no codes: scanning those exactly costs less than opening codes
 */
record CodeLayout(boolean inBytes, CellMap map, @Nullable ProductQuantizer product, int minVectors) {

    /** A few cells' worth of records, as cells are trained. */
    static final int MIN_VECTORS = 768;

    /** Null for kinds without codes. */
    static @Nullable CodeLayout of(IndexKind kind, CellMap map, int minVectors) {
        return switch (kind) {
            case FLAT, IVF_FLAT, HNSW -> null;
            case IVF_RABITQ -> new CodeLayout(false, map, null, minVectors);
            case IVF_PQ -> new CodeLayout(false, map, requireProduct(map), minVectors);
            case IVF_SQ8 -> new CodeLayout(true, map, null, minVectors);
        };
    }

    private static ProductQuantizer requireProduct(CellMap map) {
        ProductQuantizer product = map.product();
        if (product == null) {
            throw new IllegalArgumentException("index kind IVF_PQ under a cell map without a product quantizer");
        }
        return product;
    }

    VectorEncoder encoder() {
        return inBytes
                ? new ByteEncoder()
                : new ResidualEncoder(
                        map,
                        new RabitqEncoder(
                                Rotation.of(map.rotationSeed(), map.space().coordinates()), map.mean(), product));
    }

    VectorCode code() {
        return inBytes
                ? new VectorCode(0, ByteCode.recordBytes(map.dimension()))
                : new VectorCode(
                        BlockCodesMeta.scanBytes(map.space(), product),
                        RabitqCode.recordBytes(map.space().coordinates()));
    }

    CodesMeta meta(long blocksOffset, long recordsOffset) {
        return inBytes
                ? new ByteCodesMeta(map.dimension(), recordsOffset)
                : new BlockCodesMeta(map.space(), map.rotationSeed(), map.mean(), product, blocksOffset, recordsOffset);
    }
}
