/**
 * What a request may say: every limit of the public API in one place. Pure functions of the request and the collection; an
 * error names the place, the value and the limit. Nothing here talks to another process.
 */
@NullMarked
package io.voronode.coordinator.validate;

import org.jspecify.annotations.NullMarked;
