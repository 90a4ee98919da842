/** The coordinator as a whole: its configuration, and how its parts are wired and closed. */
@NullMarked
package io.voronode.coordinator;

import org.jspecify.annotations.NullMarked;
