/**
 * Voronoi cells: k-means over a sample of rows, the immutable map from vectors to cells and from cells to shards, and
 * the ranking of cells for a query. Pure: no files, no clock, no threads but those that training is told to use.
 */
@NullMarked
package io.voronode.engine.clustering;

import org.jspecify.annotations.NullMarked;
