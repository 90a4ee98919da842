package io.voronode.benchmarks.data;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * HDF5 as ann-benchmarks has it: the vectors in the matrix {@code train}, the metric in the attribute {@code distance}
 * of the file. Its own queries and truths are left aside, since queries are drawn by the seed. A file with one matrix
 * alone may name it as it likes.
 */
final class Hdf5File {

    private static final String VECTORS = "train";
    private static final String METRIC = "distance";

    private Hdf5File() {}

    /**
     * Reads the vectors.
     *
     * @throws IOException if the file holds no such matrix, of float32 or float64
     */
    static VectorFile read(Path path) throws IOException {
        try (HdfFile file = new HdfFile(path)) {
            return new VectorFile(rows(path, matrix(path, file).getData()), metric(file.getAttribute(METRIC)));
        } catch (HdfException e) {
            throw new IOException(path + " is no HDF5 file that can be read: " + e.getMessage(), e);
        }
    }

    private static Dataset matrix(Path path, HdfFile file) throws IOException {
        List<Dataset> matrices = file.getChildren().values().stream()
                .filter(Dataset.class::isInstance)
                .map(Dataset.class::cast)
                .filter(dataset -> dataset.getDimensions().length == 2)
                .toList();
        Optional<Dataset> named = matrices.stream()
                .filter(matrix -> matrix.getName().equals(VECTORS))
                .findFirst();
        if (named.isEmpty() && matrices.size() != 1) {
            throw new IOException(path + " holds no matrix \"" + VECTORS + "\", but "
                    + matrices.stream().map(Node::getName).toList());
        }
        return named.orElseGet(matrices::getFirst);
    }

    private static float[][] rows(Path path, Object data) throws IOException {
        return switch (data) {
            case float[][] rows -> rows;
            case double[][] rows -> Arrays.stream(rows).map(Hdf5File::floats).toArray(float[][]::new);
            default -> throw new IOException(path + " holds " + data.getClass().getSimpleName() + ", not float32");
        };
    }

    private static float[] floats(double[] row) {
        float[] floats = new float[row.length];
        for (int i = 0; i < row.length; i++) {
            floats[i] = (float) row[i];
        }
        return floats;
    }

    private static Optional<Metric> metric(@Nullable Attribute attribute) {
        if (attribute == null) {
            return Optional.empty();
        }
        return switch (String.valueOf(attribute.getData()).toLowerCase(Locale.ROOT)) {
            case "angular", "cosine" -> Optional.of(Metric.COSINE);
            case "euclidean", "l2" -> Optional.of(Metric.EUCLIDEAN);
            case "dot", "ip" -> Optional.of(Metric.DOT);
            default -> Optional.empty();
        };
    }
}
