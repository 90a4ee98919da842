package io.voronode.engine.clustering;

/** The bytes of a calibration are damaged, or were written by a later version. */
public final class CorruptCalibrationException extends RuntimeException {

    private static final long serialVersionUID = 1;

    CorruptCalibrationException(String message) {
        super(message);
    }
}
