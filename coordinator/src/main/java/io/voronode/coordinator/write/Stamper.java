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
import java.util.Objects;

/** Gives writes the cell of each live generation. Cells are decided here, once, and recorded with the record. */
final class Stamper {
    /** Records that share the pass over the centroids. */
    private static final int CHUNK = 64;

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
        List<Draft> embedded =
                drafts.stream().filter(draft -> draft.indexVector() != null).toList();
        int chunks = Math.ceilDiv(embedded.size(), CHUNK);
        long operationsEach = (long) Math.min(CHUNK, embedded.size()) * map.cellCount() * map.dimension();
        compute.forEach(chunks, operationsEach, chunk -> {
            int from = chunk * CHUNK;
            stampChunk(generation, map, embedded.subList(from, Math.min(embedded.size(), from + CHUNK)));
        });
    }

    private static void stampChunk(int generation, CellMap map, List<Draft> drafts) {
        int[] cells = map.nearestCells(drafts.stream()
                .map(draft -> Objects.requireNonNull(draft.indexVector()))
                .toList());
        for (int i = 0; i < cells.length; i++) {
            drafts.get(i)
                    .put(Stamp.newBuilder()
                            .setGeneration(generation)
                            .setShard(map.shardOf(cells[i]))
                            .setCell(cells[i])
                            .build());
        }
    }
}
