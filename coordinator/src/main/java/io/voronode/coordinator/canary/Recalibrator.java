package io.voronode.coordinator.canary;

import com.google.protobuf.ByteString;
import java.util.List;

/** Has a generation calibrated anew. Any thread may call; may block for the time of an RPC. */
@FunctionalInterface
public interface Recalibrator {

    /**
     * Asks for another calibration of a serving generation.
     *
     * @param calibrationDigest of the calibration that is to be replaced; where another one is in force already, nothing happens
     * @param queries of users, normalised for COSINE; borrowed
     * @return false if not now
     * @throws io.voronode.wire.VoronodeException if the controller cannot be asked
     */
    boolean recalibrate(ByteString collectionUuid, int generation, ByteString calibrationDigest, List<float[]> queries);
}
