/**
 * Reads of rows by key and in key order, straight from the partitions, and how fresh they have to be.
 */
@NullMarked
package io.voronode.coordinator.rows;

import org.jspecify.annotations.NullMarked;
