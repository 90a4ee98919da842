package io.voronode.engine.simd;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place that chooses between the twins: once per JVM, said in the log. */
final class KernelChoice {

    static final VectorKernels HEAP;
    static final SegmentKernels SEGMENT;
    static final CodeKernels CODES;
    static final RecordKernels RECORDS;
    static final TransformKernels TRANSFORM;
    static final CentroidKernels CENTROID;

    private static final Logger LOG = LoggerFactory.getLogger(KernelChoice.class);

    static {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
            HEAP = new PanamaKernels();
            SEGMENT = new PanamaSegmentKernels();
            CODES = new PanamaCodeKernels();
            RECORDS = new PanamaRecordKernels();
            TRANSFORM = new PanamaTransformKernels();
            CENTROID = new PanamaCentroidKernels();
            LOG.info("SIMD kernels of {} bits", PanamaKernels.SPECIES.vectorBitSize());
        } else {
            HEAP = new ScalarKernels();
            SEGMENT = new ScalarSegmentKernels();
            CODES = new ScalarCodeKernels();
            RECORDS = new ScalarRecordKernels();
            TRANSFORM = new ScalarTransformKernels();
            CENTROID = new ScalarCentroidKernels();
            LOG.warn("scalar kernels, several times slower: start the JVM with --add-modules jdk.incubator.vector");
        }
    }

    private KernelChoice() {}
}
