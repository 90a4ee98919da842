package io.voronode.benchmarks.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NumPy's array file, for two-dimensional float32 or float64 in C order: magic {@code \x93NUMPY}, two bytes of version,
 * the header's length (two bytes in version 1, four from 2 on, little-endian), the header, a Python dictionary, and the
 * array. The cache keeps its data sets in this form too.
 */
final class NpyFile {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int PREFIX_BYTES = 10;
    private static final int ALIGNMENT_BYTES = 64;

    private static final Pattern TYPE = Pattern.compile("'descr': *'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order': *(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape': *\\((\\d+), *(\\d+),? *\\)");

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private NpyFile() {}

    /** What the header says; the array begins at {@code offset}. */
    private record Header(String type, int rows, int columns, long offset) {

        long bytes() {
            return (long) rows * columns * (isDouble() ? Double.BYTES : Float.BYTES);
        }

        boolean isDouble() {
            return type.equals("<f8");
        }
    }

    /**
     * Reads a matrix, a row for each vector.
     *
     * @throws IOException if the file is not one of the kind above
     */
    static float[][] read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file);
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            Header header = header(file, bytes);
            if (header.offset() + header.bytes() > bytes.byteSize()) {
                throw new IOException(file + " is cut short: " + bytes.byteSize() + " bytes of "
                        + (header.offset() + header.bytes()));
            }
            return rows(header, bytes.asSlice(header.offset()));
        }
    }

    private static Header header(Path file, MemorySegment bytes) throws IOException {
        if (bytes.byteSize() < PREFIX_BYTES
                || MemorySegment.ofArray(MAGIC).mismatch(bytes.asSlice(0, MAGIC.length)) >= 0) {
            throw new IOException(file + " is not an npy file");
        }
        boolean isVersion1 = bytes.get(ValueLayout.JAVA_BYTE, MAGIC.length) == 1;
        ByteBuffer prefix = bytes.asSlice(0, PREFIX_BYTES + 2).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        int length = isVersion1 ? Short.toUnsignedInt(prefix.getShort(8)) : prefix.getInt(8);
        int start = isVersion1 ? PREFIX_BYTES : PREFIX_BYTES + 2;
        String text = StandardCharsets.ISO_8859_1
                .decode(bytes.asSlice(start, length).asByteBuffer())
                .toString();
        return header(file, text, start + length);
    }

    private static Header header(Path file, String text, int offset) throws IOException {
        Matcher type = TYPE.matcher(text);
        Matcher order = ORDER.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        boolean isComplete = type.find() && order.find() && shape.find();
        if (!isComplete || !type.group(1).matches("<f[48]") || order.group(1).equals("True")) {
            throw new IOException(file + " holds no matrix of float32 or float64 in C order but " + text.strip());
        }
        return new Header(type.group(1), Integer.parseInt(shape.group(1)), Integer.parseInt(shape.group(2)), offset);
    }

    private static float[][] rows(Header header, MemorySegment array) {
        float[][] rows = new float[header.rows()][header.columns()];
        for (int row = 0; row < rows.length; row++) {
            long first = (long) row * header.columns();
            if (header.isDouble()) {
                for (int i = 0; i < header.columns(); i++) {
                    rows[row][i] = (float) array.getAtIndex(DOUBLE, first + i);
                }
            } else {
                MemorySegment.copy(array, FLOAT, first * Float.BYTES, rows[row], 0, header.columns());
            }
        }
        return rows;
    }

    /** Writes a matrix of float32. */
    static void write(Path file, float[][] rows) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            out.write(headerOf(rows.length, rows[0].length));
            ByteBuffer bytes = ByteBuffer.allocate(rows[0].length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (float[] row : rows) {
                bytes.asFloatBuffer().put(row);
                out.write(bytes.array());
            }
        }
    }

    private static byte[] headerOf(int rows, int columns) {
        String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + columns + "), }";
        int unpadded = PREFIX_BYTES + text.length() + 1;
        int padding = Math.floorMod(-unpadded, ALIGNMENT_BYTES);
        byte[] line = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(PREFIX_BYTES + line.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) line.length)
                .put(line)
                .array();
    }
}
