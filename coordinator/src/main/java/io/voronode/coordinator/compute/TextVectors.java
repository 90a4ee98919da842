package io.voronode.coordinator.compute;

import io.voronode.embedding.EmbeddingException;
import io.voronode.embedding.TextEmbedder;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Bug;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Reason;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.List;

/**
 * Embeds the texts of a request with the model of its collection, all in one call, because texts of similar length then
 * share a batch. Any thread may ask; the models bound how many calls run at once and let a query past a bulk load.
 */
public final class TextVectors {
    private final Models models;

    public TextVectors(Models models) {
        this.models = models;
    }

    /** Where embedders come from. */
    public interface Models {
        TextEmbedder embedder(String model) throws EmbeddingException;
    }

    /**
     * One vector per text, in their order.
     *
     * @throws VoronodeException if the model is not to be had, or does not fit the collection any more
     */
    public List<float[]> embed(CollectionSpec spec, List<String> texts) {
        if (texts.isEmpty()) {
            return List.of();
        }
        try {
            TextEmbedder embedder = models.embedder(spec.getModel());
            if (embedder.dimension() != spec.getDimension()) {
                throw new Conflict(
                        Reason.NOT_POSSIBLE_NOW,
                        "model \"" + spec.getModel() + "\" makes vectors of dimension " + embedder.dimension() + " != "
                                + spec.getDimension() + " for collection \"" + spec.getName() + "\"");
            }
            return embedder.embed(texts);
        } catch (EmbeddingException e) {
            throw translated(e);
        }
    }

    private static VoronodeException translated(EmbeddingException e) {
        String message = String.valueOf(e.getMessage());
        return switch (e.reason()) {
            case INVALID_TEXT -> new BadInput(message);
            case UNKNOWN_MODEL, UNUSABLE_MODEL -> new Conflict(Reason.NOT_POSSIBLE_NOW, message);
            case UNAVAILABLE -> new Unavailable(message, e);
            case INTERNAL -> new Bug(message, e);
        };
    }
}
