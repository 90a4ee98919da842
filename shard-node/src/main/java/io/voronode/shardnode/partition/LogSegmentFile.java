package io.voronode.shardnode.partition;

import io.voronode.wire.VoronodeException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;

/**
 * One segment file of a Raft log, read without Ratis, whose own reader takes a segment that ends too early for a shorter log. Its format,
 * which is that of Ratis 3.3.0:
 *
 * <pre>
 *   "RaftLog1"
 *   [varint: length of the entry] [LogEntryProto] [int32: CRC-32C of length and entry]     for each entry
 *   zeros to the end                                                                       in a segment that was allocated ahead
 * </pre>
 *
 * An open segment is {@code log_inprogress_FIRST}, a closed one {@code log_FIRST-LAST}; what follows the last entry of a closed one is of no
 * meaning.
 *
 * @param first the index of the first entry
 * @param last the index of the last entry; empty while the segment is open
 */
record LogSegmentFile(Path file, long first, OptionalLong last) {
    private static final Pattern NAME = Pattern.compile("log_(?:inprogress_(\\d+)|(\\d+)-(\\d+))");
    private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
    private static final int CHECKSUM_BYTES = Integer.BYTES;
    private static final int MAX_VARINT_BYTES = 5;
    private static final int SECTOR_BYTES = 512;

    /**
     * What a scan found.
     *
     * @param lastIndex of the last entry that is whole; one before the first where there is none
     * @param lastTerm of that entry; 0 where there is none
     * @param torn where an entry of an open segment begins that was only written in part; empty if there is none. What is behind it was not
     *     synced either
     */
    record Contents(long lastIndex, long lastTerm, OptionalLong torn) {
        /** The same, of a segment that may be empty, behind what was found in the one before. */
        Contents behind(Contents before) {
            return new Contents(lastIndex, Math.max(lastTerm, before.lastTerm()), torn);
        }
    }

    /** The name of a closed one that ends there. */
    String nameUpTo(long lastIndex) {
        return "log_" + first + "-" + lastIndex;
    }

    /** Whether its name says that it ends behind this entry. */
    boolean shouldEndBehind(long index) {
        return last.isPresent() && index < last.getAsLong();
    }

    static Optional<LogSegmentFile> of(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (!name.matches()) {
            return Optional.empty();
        }
        return Optional.of(
                name.group(1) != null
                        ? new LogSegmentFile(file, Long.parseLong(name.group(1)), OptionalLong.empty())
                        : new LogSegmentFile(
                                file, Long.parseLong(name.group(2)), OptionalLong.of(Long.parseLong(name.group(3)))));
    }

    /**
     * Reads all of it.
     *
     * @throws VoronodeException.Corruption if it holds anything but whole entries, one index after the other; with the exception of an
     *     entry that was torn, and what follows it
     */
    Contents scan() throws IOException {
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            return new Scan(new DataInputStream(bytes), Files.size(file)).run();
        }
    }

    /** One pass over the file. */
    private final class Scan {
        private final DataInputStream in;
        private final long size;
        private long offset;
        private long index = first - 1;
        private long term;

        Scan(DataInputStream in, long size) {
            this.in = in;
            this.size = size;
        }

        Contents run() throws IOException {
            if (!hasHeader()) {
                return end(OptionalLong.empty());
            }
            while (offset < size && !isComplete()) {
                Entry entry = read();
                if (!entry.isWhole()) {
                    return end(tornAt(entry));
                }
                take(entry);
            }
            return end(OptionalLong.empty());
        }

        private boolean isComplete() {
            return last.isPresent() && index == last.getAsLong();
        }

        /** Whoever wrote an incomplete header had written no entry. */
        private boolean hasHeader() throws IOException {
            byte[] header = in.readNBytes(HEADER.length);
            if (Arrays.equals(header, HEADER)) {
                offset = HEADER.length;
                return true;
            }
            int same = Math.max(0, Arrays.mismatch(header, HEADER));
            boolean unwritten = isZero(header, same, header.length) && restIsZero();
            if (last.isPresent() || !unwritten) {
                throw damaged("the header is not that of a log segment");
            }
            return false;
        }

        /** One byte of zero where none begins. */
        private Entry read() throws IOException {
            byte[] varint = new byte[MAX_VARINT_BYTES];
            int count = 0;
            do {
                int next = in.read();
                if (next < 0) {
                    return new Entry(Arrays.copyOf(varint, count), count, -1);
                }
                varint[count++] = (byte) next;
            } while (varint[count - 1] < 0 && count < MAX_VARINT_BYTES);
            int length = length(varint, count);
            int frame = count + length + CHECKSUM_BYTES;
            if (length <= 0 || length > RaftSettings.APPENDER_BUFFER_BYTES) {
                return new Entry(Arrays.copyOf(varint, count), count, -1);
            }
            byte[] bytes = Arrays.copyOf(varint, frame);
            int read = in.readNBytes(bytes, count, frame - count);
            return new Entry(read == frame - count ? bytes : Arrays.copyOf(bytes, count + read), count, frame);
        }

        private boolean restIsZero() throws IOException {
            byte[] buffer = new byte[1 << 14];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!isZero(buffer, 0, read)) {
                    return false;
                }
            }
            return true;
        }

        /** Where an entry begins of which a part never reached the disk; empty where none begins, and nothing follows. */
        private OptionalLong tornAt(Entry entry) throws IOException {
            boolean zerosFollow = restIsZero();
            if (!entry.isBegun() && zerosFollow) {
                return OptionalLong.empty();
            }
            boolean torn = (zerosFollow && entry.lacksItsEnd(offset)) || lacksASector(entry);
            if (last.isPresent() || !torn) {
                throw damaged(
                        entry.isBegun()
                                ? "the entry behind " + index + " does not match its checksum"
                                : "bytes follow where the log ends");
            }
            return OptionalLong.of(offset);
        }

        /**
         * Whether the disk has nothing but zeros in a whole sector of this entry, with what else was to be in it. A power cut may leave any of
         * the sectors that were written since the last sync, so others that are behind it may be there; a flipped bit does not look so.
         */
        private boolean lacksASector(Entry entry) throws IOException {
            long end = sectorEnd(offset + Math.max(0, entry.expected() - 1));
            byte[] bytes = new byte[(int) (end - offset)];
            try (InputStream again = Files.newInputStream(file)) {
                again.skipNBytes(offset);
                // Behind the end of the file is nothing, too.
                int _ = again.readNBytes(bytes, 0, bytes.length);
            }
            for (long from = offset; from < end; from = sectorEnd(from)) {
                if (isZero(bytes, (int) (from - offset), (int) (sectorEnd(from) - offset))) {
                    return true;
                }
            }
            return false;
        }

        private void take(Entry entry) {
            LogEntryProto found = parse(entry);
            if (found.getIndex() != index + 1) {
                throw damaged("entry " + found.getIndex() + " follows " + index);
            }
            index = found.getIndex();
            term = found.getTerm();
            offset += entry.frame().length;
        }

        private LogEntryProto parse(Entry entry) {
            try {
                return LogEntryProto.parseFrom(entry.content());
            } catch (InvalidProtocolBufferException e) {
                throw new VoronodeException.Corruption(where() + ": an entry cannot be read", e);
            }
        }

        private Contents end(OptionalLong torn) {
            boolean isShortened = offset == size && index >= first;
            if (shouldEndBehind(index) && !isShortened) {
                throw damaged("it ends at " + index + ", not at " + last.orElseThrow());
            }
            return new Contents(index, term, torn);
        }

        private VoronodeException.Corruption damaged(String how) {
            return new VoronodeException.Corruption(where() + ": " + how, null);
        }

        private String where() {
            return "log segment " + file + " is damaged at offset " + offset;
        }
    }

    /**
     * The bytes of one entry as far as the file has them.
     *
     * @param varintBytes of the length in front
     * @param expected how many there should be; −1: its length cannot be true
     */
    @SuppressWarnings("ArrayRecordComponent") // Passed on, never compared.
    private record Entry(byte[] frame, int varintBytes, int expected) {
        /** No entry begins with zero. */
        boolean isBegun() {
            return frame.length > 0 && frame[0] != 0;
        }

        boolean isWhole() {
            if (frame.length != expected) {
                return false;
            }
            CRC32C checksum = new CRC32C();
            checksum.update(frame, 0, expected - CHECKSUM_BYTES);
            return (int) checksum.getValue()
                    == ByteBuffer.wrap(frame, expected - CHECKSUM_BYTES, CHECKSUM_BYTES)
                            .getInt();
        }

        ByteBuffer content() {
            return ByteBuffer.wrap(frame, varintBytes, expected - CHECKSUM_BYTES - varintBytes);
        }

        /** A disk writes whole sectors, so an entry that is torn within its checksum is torn where a sector begins. */
        boolean lacksItsEnd(long offset) {
            if (expected < 0 || frame.length < expected) {
                return true;
            }
            long lastSector = (offset + expected - 1) / SECTOR_BYTES * SECTOR_BYTES;
            int from = expected - CHECKSUM_BYTES;
            if (lastSector > offset) {
                from = Math.max(from, (int) (lastSector - offset));
            }
            return isZero(frame, from, expected);
        }
    }

    private static long sectorEnd(long offset) {
        return (offset / SECTOR_BYTES + 1) * SECTOR_BYTES;
    }

    private static int length(byte[] varint, int count) {
        int length = 0;
        for (int i = 0; i < count; i++) {
            length |= (varint[i] & 0x7f) << (7 * i);
        }
        return varint[count - 1] < 0 ? -1 : length;
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
