package io.voronode.coordinator.gather;

import io.voronode.coordinator.image.GenerationImage;
import io.voronode.coordinator.validate.Limits;
import io.voronode.engine.clustering.CalibratedProbes;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.engine.clustering.RankedCells;
import io.voronode.proto.v1.SearchParams;
import io.voronode.wire.VoronodeException.BadInput;
import java.util.OptionalDouble;

/**
 * Which cells a query scans in its first wave: the nearest, as many as the caller asked for, or as a recall takes by the generation's
 * calibration, or as {@link ProbeCount} guesses where there is none. Immutable; any thread.
 */
sealed interface ProbePlan {

    /** The plan of a search in a generation. */
    static ProbePlan of(GenerationImage generation, SearchParams params) {
        if (params.hasTargetRecall() && generation.node().getIndexKind() == IndexKind.HNSW.wireNumber()) {
            throw new BadInput("target_recall = " + params.getTargetRecall()
                    + ": a collection of kind HNSW has no cells to choose by it; say by ef how wide to look");
        }
        if (params.getNprobe() != 0) {
            int cells = ProbeCount.asked(generation, params.getNprobe());
            return new Fixed(cells, false, cells == generation.map().cellCount());
        }
        ProbeCalibration calibration = generation.calibration();
        if (calibration == null) {
            return new Fixed(ProbeCount.chosen(generation, params.getK()), true, false);
        }
        double target = params.hasTargetRecall() ? params.getTargetRecall() : Limits.DEFAULT_TARGET_RECALL;
        return new Calibrated(calibration.probes(params.getK(), target));
    }

    /** The cells of a query, nearest first. */
    RankedCells cells(CellMap map, float[] vector);

    /** Cells that a query scans on average. */
    double meanProbes();

    /** Whether more cells may be scanned where these hold too few hits. */
    boolean mayWiden();

    /** Whether the vectors themselves are compared, and nothing is left out by an estimate: who asks for all cells wants the truth. */
    boolean exact();

    /** The mean recall of searches by this plan, where it is known. */
    OptionalDouble recall();

    /** A number of cells, whatever the query. */
    record Fixed(int cells, boolean mayWiden, boolean exact) implements ProbePlan {
        @Override
        public RankedCells cells(CellMap map, float[] vector) {
            return map.rank(vector, cells);
        }

        @Override
        public double meanProbes() {
            return cells;
        }

        @Override
        public OptionalDouble recall() {
            return OptionalDouble.empty();
        }
    }

    /** What a recall takes. */
    record Calibrated(CalibratedProbes probes) implements ProbePlan {
        @Override
        public RankedCells cells(CellMap map, float[] vector) {
            return probes.cells(map, vector);
        }

        @Override
        public double meanProbes() {
            return probes.meanProbes();
        }

        @Override
        public boolean mayWiden() {
            return true;
        }

        @Override
        public boolean exact() {
            return false;
        }

        @Override
        public OptionalDouble recall() {
            return OptionalDouble.of(probes.recall());
        }
    }
}
