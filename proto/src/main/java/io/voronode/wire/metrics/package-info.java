/** Meters of what all servers do alike: they answer calls and make some. Nobody else needs Micrometer, so a client does without. */
@NullMarked
package io.voronode.wire.metrics;

import org.jspecify.annotations.NullMarked;
