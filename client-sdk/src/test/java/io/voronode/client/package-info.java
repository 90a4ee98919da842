/** Tests of the client against a hand-written fake coordinator in the same JVM. */
@NullMarked
package io.voronode.client;

import org.jspecify.annotations.NullMarked;
