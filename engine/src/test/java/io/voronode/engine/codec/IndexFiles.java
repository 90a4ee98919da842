package io.voronode.engine.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;

/** Index files as bytes, to be damaged. */
final class IndexFiles {

    private IndexFiles() {}

    static byte[] read(Directory directory, String name) throws IOException {
        try (IndexInput in = directory.openInput(name, IOContext.READONCE)) {
            byte[] bytes = new byte[(int) in.length()];
            in.readBytes(bytes, 0, bytes.length);
            return bytes;
        }
    }

    static void write(Directory directory, String name, byte[] bytes) throws IOException {
        try (IndexOutput out = directory.createOutput(name, IOContext.DEFAULT)) {
            out.writeBytes(bytes, bytes.length);
        }
    }

    /** A copy of the index in which one file is another. */
    static Directory copyWith(Directory source, String replaced, byte[] bytes) throws IOException {
        Directory copy = new ByteBuffersDirectory();
        for (String name : source.listAll()) {
            if (!name.equals("write.lock")) {
                write(copy, name, name.equals(replaced) ? bytes : read(source, name));
            }
        }
        return copy;
    }

    static String only(Directory directory, String extension) throws IOException {
        for (String name : directory.listAll()) {
            if (name.endsWith("." + extension)) {
                return name;
            }
        }
        throw new AssertionError("no file ." + extension);
    }

    /** Opens every segment and checks every checksum. */
    static void check(Directory directory) throws IOException {
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            for (LeafReaderContext leaf : reader.leaves()) {
                ((CodecReader) leaf.reader()).getVectorReader().checkIntegrity();
            }
        }
    }

    /** The same file as a later version would have written it, its checksum right. */
    static byte[] ofVersion(byte[] file, String codecName, int version) {
        byte[] later = file.clone();
        ByteBuffer buffer = ByteBuffer.wrap(later);
        buffer.putInt(CodecUtil.headerLength(codecName) - Integer.BYTES, version);
        CRC32 crc = new CRC32();
        crc.update(later, 0, later.length - Long.BYTES);
        buffer.putLong(later.length - Long.BYTES, crc.getValue());
        return later;
    }

    /** Between header and footer: what the format itself wrote. */
    static byte[] payload(byte[] file, String codecName) {
        int from = CodecUtil.indexHeaderLength(codecName, "");
        return Arrays.copyOfRange(file, from, file.length - CodecUtil.footerLength());
    }
}
