package io.voronode.coordinator.verify;

/** Another generation has begun to serve, or replicas have moved: what was compared with the old layout is compared again. */
final class LayoutChanged extends RuntimeException {
    private static final long serialVersionUID = 1;

    LayoutChanged() {
        super("the layout has changed", null, false, false);
    }
}
