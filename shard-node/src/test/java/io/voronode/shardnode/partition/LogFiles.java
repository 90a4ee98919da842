package io.voronode.shardnode.partition;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;

/** Log segments as Ratis writes them, and what can befall them. */
final class LogFiles {
    private LogFiles() {}

    /** Header and entries from one index to another. */
    static byte[] segment(long first, long last, int payloadBytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("RaftLog1".getBytes(StandardCharsets.US_ASCII));
        for (long index = first; index <= last; index++) {
            out.writeBytes(entry(index, payloadBytes));
        }
        return out.toByteArray();
    }

    static byte[] entry(long index, int payloadBytes) {
        byte[] payload = new byte[payloadBytes];
        Arrays.fill(payload, (byte) ('a' + index % 26));
        byte[] content = LogEntryProto.newBuilder()
                .setTerm(1)
                .setIndex(index)
                .setStateMachineLogEntry(
                        StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(payload)))
                .build()
                .toByteArray();
        int varintBytes = CodedOutputStream.computeUInt32SizeNoTag(content.length);
        ByteBuffer frame = ByteBuffer.allocate(varintBytes + content.length + Integer.BYTES);
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(frame.array(), 0, varintBytes);
            out.writeUInt32NoTag(content.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        frame.position(varintBytes).put(content);
        CRC32C checksum = new CRC32C();
        checksum.update(frame.array(), 0, frame.position());
        return frame.putInt((int) checksum.getValue()).array();
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] first(byte[] bytes, int length) {
        return Arrays.copyOf(bytes, length);
    }

    static byte[] flipped(byte[] bytes, int offset) {
        byte[] copy = bytes.clone();
        copy[offset] ^= 0x10;
        return copy;
    }

    static void flip(Path file, long offset) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, flipped(bytes, (int) offset), StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** All segment files of a node, the newest last. */
    static List<Path> of(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data.resolve("raft"))) {
            return files.flatMap(file -> LogSegmentFile.of(file).stream())
                    .sorted((a, b) -> Long.compare(a.first(), b.first()))
                    .map(LogSegmentFile::file)
                    .toList();
        }
    }
}
