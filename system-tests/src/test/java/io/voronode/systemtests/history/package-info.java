/**
 * What clients saw of a cluster, operation by operation, and whether it can have been one register per key: histories are kept as JSON
 * lines, and {@link io.voronode.systemtests.history.Linearizability} judges them.
 */
@NullMarked
package io.voronode.systemtests.history;

import org.jspecify.annotations.NullMarked;
