package io.voronode.coordinator.image;

import com.google.protobuf.ByteString;
import io.voronode.wire.VoronodeException;

/** Where the bytes of a blob come from when they are not on this machine. Any thread may ask. */
public interface BlobSource {

    /**
     * Fetches a blob from a holder of the partition. The caller verifies the digest.
     *
     * @param digest SHA-256 of the bytes
     * @throws VoronodeException if no holder gave it
     */
    byte[] fetch(int partition, ByteString digest);
}
