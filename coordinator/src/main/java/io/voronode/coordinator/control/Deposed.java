package io.voronode.coordinator.control;

/** This coordinator is not the controller, or no longer: nothing more may be ordered in the name of its epoch. */
final class Deposed extends RuntimeException {
    private static final long serialVersionUID = 1;

    Deposed(String message) {
        super(message);
    }
}
