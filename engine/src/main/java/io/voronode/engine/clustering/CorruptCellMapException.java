package io.voronode.engine.clustering;

/** Bytes that were to be a cell map are not one: damaged, cut short, or written by a later version. */
public final class CorruptCellMapException extends RuntimeException {

    private static final long serialVersionUID = 1;

    CorruptCellMapException(String message) {
        super(message);
    }
}
