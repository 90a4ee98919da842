/**
 * Filters as users write them: expressions in the syntax of CEL, the Common Expression Language, which {@link
 * io.voronode.cli.filter.FilterText} turns into filters of the client. The only place that knows the CEL library.
 */
@NullMarked
package io.voronode.cli.filter;

import org.jspecify.annotations.NullMarked;
