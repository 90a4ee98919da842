package io.voronode.cli.jsonl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads lines of UTF-8 of bounded length, so that a file without line ends cannot fill the memory. Used by one thread. */
final class LineReader {
    /** Above any record that a server takes, escapes and Base64 included. */
    static final int MAX_LINE_BYTES = 16 << 20;

    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int position;
    private int limit;
    private long bytesRead;

    LineReader(InputStream in) {
        this.in = in;
    }

    long bytesRead() {
        return bytesRead;
    }

    /**
     * The next line without its end; null at the end of the file.
     *
     * @throws BadLineException when the line is too long or not UTF-8; the next call reads on behind it
     */
    @Nullable
    String next() throws IOException, BadLineException {
        line.reset();
        boolean tooLong = false;
        boolean any = false;
        while (position < limit || fill()) {
            any = true;
            int end = endOfLine();
            tooLong |= line.size() + (end - position) > MAX_LINE_BYTES;
            if (!tooLong) {
                line.write(buffer, position, end - position);
            }
            boolean complete = end < limit;
            position = complete ? end + 1 : limit;
            if (complete) {
                break;
            }
        }
        if (tooLong) {
            throw new BadLineException("is longer than " + (MAX_LINE_BYTES >> 20) + " MiB");
        }
        return any ? decoded() : null;
    }

    private int endOfLine() {
        int end = position;
        while (end < limit && buffer[end] != '\n') {
            end++;
        }
        return end;
    }

    private boolean fill() throws IOException {
        limit = in.read(buffer);
        position = 0;
        bytesRead += Math.max(0, limit);
        return limit > 0;
    }

    private String decoded() throws BadLineException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line.toByteArray()))
                    .toString()
                    .stripTrailing();
        } catch (CharacterCodingException e) {
            throw new BadLineException("is not UTF-8");
        }
    }
}
