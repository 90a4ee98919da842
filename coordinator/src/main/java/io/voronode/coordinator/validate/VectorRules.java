package io.voronode.coordinator.validate;

import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.v1.Vector;
import io.voronode.wire.VectorBytes;
import io.voronode.wire.VoronodeException.BadInput;

/** What a vector of a collection may be: its dimension, all values finite, and for COSINE not all zero. */
final class VectorRules {
    private final CollectionSpec spec;
    private final boolean cosine;

    VectorRules(CollectionSpec spec) {
        this.spec = spec;
        this.cosine = Metric.ofWireNumber(spec.getMetric()) == Metric.COSINE;
    }

    /** The values as a new array. */
    float[] require(String where, Vector vector) {
        if (vector.getValuesCount() != spec.getDimension()) {
            throw new BadInput(where + ": dimension " + vector.getValuesCount() + " != " + spec.getDimension()
                    + " for collection \"" + spec.getName() + "\"");
        }
        float[] values = VectorBytes.toArray(vector.getValuesList());
        int bad = Vectors.firstNonFinite(values);
        if (bad >= 0) {
            throw new BadInput(where + ": vector value " + bad + " is " + values[bad] + ", not a finite number");
        }
        if (cosine && Vectors.norm(values) == 0) {
            throw new BadInput(where + ": vector is zero, which has no direction for metric COSINE");
        }
        return values;
    }

    /** A text where a model can embed it. */
    void requireText(String where, String text) {
        if (spec.getModel().isEmpty()) {
            throw new BadInput(
                    where + ": text given but collection \"" + spec.getName() + "\" has no model: give a vector");
        }
        if (text.isBlank()) {
            throw new BadInput(where + ": text is blank");
        }
    }
}
