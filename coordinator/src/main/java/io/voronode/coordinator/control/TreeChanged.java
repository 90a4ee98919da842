package io.voronode.coordinator.control;

/** A compare-and-set met another content than the decision was made from. Look again, decide again. */
final class TreeChanged extends RuntimeException {
    private static final long serialVersionUID = 1;

    TreeChanged(String message) {
        super(message);
    }
}
