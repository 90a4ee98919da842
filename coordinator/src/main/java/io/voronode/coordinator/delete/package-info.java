/** Deletes of what a filter matches: a search and deletes by version. {@link io.voronode.coordinator.delete.FilterDeletes} tells it whole. */
@NullMarked
package io.voronode.coordinator.delete;

import org.jspecify.annotations.NullMarked;
