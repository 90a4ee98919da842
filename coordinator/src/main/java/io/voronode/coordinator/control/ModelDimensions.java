package io.voronode.coordinator.control;

import io.voronode.wire.VoronodeException.BadInput;

/** What creating a collection needs to know of embedding models. Any thread may ask; loading a model may take a while. */
@FunctionalInterface
public interface ModelDimensions {
    /**
     * The number of dimensions of a model's vectors.
     *
     * @throws BadInput if the model is not known, naming those that are
     */
    int dimensionOf(String model);
}
