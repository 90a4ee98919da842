package io.voronode.cli.jsonl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Reads the records of a file of JSON lines, one after another; blank lines are passed over. Used by one thread. */
public final class RecordLines {
    private final LineReader lines;
    private long number;

    public RecordLines(InputStream in) {
        this.lines = new LineReader(in);
    }

    /** How much of the file was read. */
    public long bytesRead() {
        return lines.bytesRead();
    }

    /**
     * The next line that is not blank; null at the end.
     *
     * @throws UncheckedIOException when the file cannot be read
     */
    public @Nullable Line next() {
        try {
            while (true) {
                number++;
                String line = lines.next();
                if (line == null) {
                    return null;
                }
                if (!line.isBlank()) {
                    return new Line.Good(number, RecordParser.parse(line));
                }
            }
        } catch (BadLineException e) {
            return new Line.Bad(number, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException("line " + number + " cannot be read", e);
        }
    }
}
