package io.voronode.benchmarks.data;

import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * The vectors of a file that a user names, by its extension.
 *
 * @param metric where the file tells one
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once
record VectorFile(float[][] vectors, Optional<Metric> metric) {

    /**
     * Reads {@code .fvecs}, {@code .npy}, {@code .hdf5} or {@code .h5}.
     *
     * @throws IllegalArgumentException for another extension
     * @throws IOException if the file is not what its extension says
     */
    static VectorFile read(Path file) throws IOException {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        String extension = name.substring(name.lastIndexOf('.') + 1);
        return switch (extension) {
            case "fvecs" -> new VectorFile(FvecsFile.read(file), Optional.empty());
            case "npy" -> new VectorFile(NpyFile.read(file), Optional.empty());
            case "hdf5", "h5" -> Hdf5File.read(file);
            default ->
                throw new IllegalArgumentException(
                        file + " is of no known form: name a .fvecs, .npy, .hdf5 or .h5 file");
        };
    }
}
