/**
 * The Java client of Voronode. {@link io.voronode.client.VoronodeClient} blocks, {@link
 * io.voronode.client.VoronodeAsyncClient} answers with futures; both speak in the records of this package. No type of gRPC or
 * Protocol Buffers is part of it: those stay in {@code internal}, which is not for users.
 */
@NullMarked
package io.voronode.client;

import org.jspecify.annotations.NullMarked;
