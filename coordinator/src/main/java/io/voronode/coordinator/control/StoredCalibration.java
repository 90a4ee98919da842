package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;

/**
 * A calibration that has been made and stored.
 *
 * @param partition that keeps it as a blob
 */
record StoredCalibration(ByteString digest, int partition) {}
