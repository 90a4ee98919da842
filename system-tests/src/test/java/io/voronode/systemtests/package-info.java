/**
 * Tests of the whole path in real processes: a dev server as its own JVM, started, killed and restarted, and a model beside it that
 * says what must be found.
 */
@NullMarked
package io.voronode.systemtests;

import org.jspecify.annotations.NullMarked;
