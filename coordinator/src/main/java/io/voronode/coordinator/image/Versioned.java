package io.voronode.coordinator.image;

/**
 * The content of a znode and the version that a compare-and-set names.
 *
 * @param version ZooKeeper's version of the content
 */
public record Versioned<T>(T value, int version) {}
