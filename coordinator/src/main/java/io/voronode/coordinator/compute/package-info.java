/**
 * The arithmetic of requests: distances to centroids on a pool of platform threads, texts to vectors. Nothing here talks to
 * another process.
 */
@NullMarked
package io.voronode.coordinator.compute;

import org.jspecify.annotations.NullMarked;
