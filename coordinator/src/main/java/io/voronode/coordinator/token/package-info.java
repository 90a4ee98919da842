/**
 * What a client carries between calls: session tokens and scroll cursors. Opaque to it, versioned, bound to the collection's uuid
 * and guarded by a checksum, so that a token of another collection or a damaged one is refused.
 */
@NullMarked
package io.voronode.coordinator.token;

import org.jspecify.annotations.NullMarked;
