package io.voronode.shardnode.partition;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log index up to which this disk must have the log, in a file beside it: {@code INDEX CRC32C-OF-INDEX} in ASCII, the checksum in
 * hexadecimal. After a close that is the end of the log, whether committed or not, for others may count on it; while the log is open only what
 * is committed, for a new leader may replace the rest; it follows the commits every few seconds. Without the file, or with a damaged one,
 * nothing is known, which is no harm to the log.
 */
final class LogMark {
    private static final Logger LOG = LoggerFactory.getLogger(LogMark.class);
    private static final Pattern CONTENT = Pattern.compile("(\\d{1,18}) ([0-9a-f]{8})\n");

    private final Path file;

    LogMark(Path file) {
        this.file = file;
    }

    /** −1: nothing is known. */
    long read() throws IOException {
        if (!Files.exists(file)) {
            return -1;
        }
        Matcher content = CONTENT.matcher(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        if (content.matches() && content.group(2).equals(checksum(content.group(1)))) {
            return Long.parseLong(content.group(1));
        }
        LOG.warn("{} is damaged and does not tell how far the log reached", file);
        return -1;
    }

    /** Durable on return. */
    void write(long index) throws IOException {
        if (index >= 0 && index != read()) {
            String text = Long.toString(index);
            String content = text + " " + checksum(text) + "\n";
            FolderFiles.replace(file, content.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static String checksum(String text) {
        CRC32C checksum = new CRC32C();
        checksum.update(text.getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().toHexDigits((int) checksum.getValue());
    }
}
