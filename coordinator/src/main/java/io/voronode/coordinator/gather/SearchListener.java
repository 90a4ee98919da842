package io.voronode.coordinator.gather;

/** Is told of every search of a client that has been answered. Called on the thread of the call; must be quick and not throw. */
@FunctionalInterface
public interface SearchListener {
    /** For servers that nobody measures. */
    SearchListener NONE = answer -> {};

    void answered(SearchAnswer answer);
}
