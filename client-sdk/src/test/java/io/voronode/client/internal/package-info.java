/** Tests of the client's inner parts. */
@NullMarked
package io.voronode.client.internal;

import org.jspecify.annotations.NullMarked;
