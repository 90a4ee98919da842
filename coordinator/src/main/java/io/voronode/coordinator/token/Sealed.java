package io.voronode.coordinator.token;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.voronode.wire.VoronodeException.BadInput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32C;

/**
 * The envelope of what a client carries: [byte] version, [byte] kind, [bytes] collection uuid with its length, the content,
 * [int32 little-endian] CRC-32C of all before it. Numbers are protobuf varints.
 */
final class Sealed {
    private static final int VERSION = 1;
    private static final int CHECKSUM_BYTES = 4;

    private Sealed() {}

    /** Writes or reads the content. */
    interface Writer {
        void write(CodedOutputStream out) throws IOException;
    }

    /** Reads the content. */
    interface Reader<T> {
        T read(CodedInputStream in) throws IOException;
    }

    static ByteString seal(Kind kind, ByteString collectionUuid, Writer content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeRawByte((byte) VERSION);
            out.writeRawByte((byte) kind.number);
            out.writeBytesNoTag(collectionUuid);
            content.write(out);
            out.flush();
            byte[] body = bytes.toByteArray();
            out.writeFixed32NoTag(checksum(body, body.length));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot be written", e);
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }

    static <T> T open(Kind kind, ByteString collectionUuid, ByteString sealed, Reader<T> content) {
        byte[] bytes = sealed.toByteArray();
        int length = bytes.length - CHECKSUM_BYTES;
        if (length < 2 || !intact(bytes, length)) {
            throw new BadInput(kind.label + " of " + bytes.length + " bytes is not one that this cluster gave out");
        }
        try {
            CodedInputStream in = CodedInputStream.newInstance(bytes, 0, length);
            int version = in.readRawByte();
            if (version != VERSION) {
                throw new BadInput(kind.label + " has version " + version + "; this server knows " + VERSION);
            }
            int number = in.readRawByte();
            if (number != kind.number) {
                throw new BadInput("what was given as " + kind.label + " is something else");
            }
            if (!in.readBytes().equals(collectionUuid)) {
                throw new BadInput(kind.label + " belongs to another collection");
            }
            return content.read(in);
        } catch (IOException e) {
            throw new BadInput(kind.label + " is damaged: " + e.getMessage());
        }
    }

    private static boolean intact(byte[] bytes, int length) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(bytes, length, CHECKSUM_BYTES);
            return in.readFixed32() == checksum(bytes, length);
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot be read", e);
        }
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /** What an envelope holds; the numbers are on the wire. */
    enum Kind {
        SESSION_TOKEN(1, "session token"),
        SCROLL_CURSOR(2, "cursor");

        private final int number;
        private final String label;

        Kind(int number, String label) {
            this.number = number;
            this.label = label;
        }
    }
}
