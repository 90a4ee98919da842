package io.voronode.benchmarks.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The form of the TEXMEX corpus (SIFT, GIST): for each vector its dimension as int32 and its coordinates as float32,
 * little-endian, nothing else. Every vector has the dimension of the first.
 */
final class FvecsFile {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private FvecsFile() {}

    /**
     * Reads all vectors.
     *
     * @throws IOException if the file is not a whole number of vectors of one dimension
     */
    static float[][] read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file);
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            int dimension = bytes.byteSize() < Integer.BYTES ? 0 : bytes.get(INT, 0);
            long vectorBytes = Integer.BYTES + (long) dimension * Float.BYTES;
            if (dimension < 1 || bytes.byteSize() % vectorBytes != 0) {
                throw new IOException(
                        file + " of " + bytes.byteSize() + " bytes does not hold vectors of dimension " + dimension);
            }
            float[][] vectors = new float[Math.toIntExact(bytes.byteSize() / vectorBytes)][dimension];
            for (int row = 0; row < vectors.length; row++) {
                long start = row * vectorBytes;
                if (bytes.get(INT, start) != dimension) {
                    throw new IOException(file + ", row " + row + ": dimension " + bytes.get(INT, start) + " != "
                            + dimension + " of the first");
                }
                MemorySegment.copy(bytes, FLOAT, start + Integer.BYTES, vectors[row], 0, dimension);
            }
            return vectors;
        }
    }
}
