package io.voronode.coordinator.write;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.compute.Compute;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.image.GenerationImage;
import io.voronode.engine.clustering.CellMap;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.LiveGeneration;
import io.voronode.proto.internal.v1.Stamp;
import java.util.List;

/** Gives writes the cell of each live generation. Cells are decided here, once, and recorded with the record. */
final class Stamper {
    private final Compute compute;
    private final CellMaps maps;

    Stamper(Compute compute, CellMaps maps) {
        this.compute = compute;
        this.maps = maps;
    }

    /** Cell maps by digest. */
    interface CellMaps {
        CellMap map(CollectionSpec spec, ByteString digest, int partition);
    }

    /** Stamps for all generations that the image knows. */
    void stamp(CollectionImage collection, List<Draft> drafts) {
        for (GenerationImage generation : collection.generations().values()) {
            stamp(generation.node().getGeneration(), generation.map(), drafts);
        }
    }

    /** Stamps for the generations that a partition named and that are missing; fetches their maps. */
    void stamp(CollectionSpec spec, List<LiveGeneration> generations, List<Draft> drafts) {
        for (LiveGeneration live : generations) {
            List<Draft> lacking = drafts.stream()
                    .filter(draft -> draft.lacks(live.getGeneration()))
                    .toList();
            if (!lacking.isEmpty()) {
                CellMap map = maps.map(spec, live.getCellMapDigest(), live.getCellMapPartition());
                stamp(live.getGeneration(), map, lacking);
            }
        }
    }

    private void stamp(int generation, CellMap map, List<Draft> drafts) {
        long operationsEach = (long) map.cellCount() * map.dimension();
        compute.forEach(drafts.size(), operationsEach, i -> stamp(generation, map, drafts.get(i)));
    }

    private static void stamp(int generation, CellMap map, Draft draft) {
        float[] vector = draft.indexVector();
        if (vector != null) {
            int cell = map.nearestCell(vector);
            draft.put(Stamp.newBuilder()
                    .setGeneration(generation)
                    .setShard(map.shardOf(cell))
                    .setCell(cell)
                    .build());
        }
    }
}
