package io.voronode.shardnode.partition;

import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What Ratis keeps of this peer's votes beside its log, in {@code raft-meta}: a properties file without a checksum, so all that can be
 * known of it is looked at. A peer that forgot a term could vote in it once more.
 *
 * @param term the newest in which it voted or followed
 */
record Votes(Path file, long term) {
    /**
     * Of the log in this folder.
     *
     * @throws VoronodeException.Corruption if they are not there, or not as Ratis writes them
     */
    static Votes read(Path logFolder) throws IOException {
        Path file = file(logFolder);
        if (!Files.exists(file)) {
            throw new VoronodeException.Corruption(file + ", which tells whom this peer voted for, is missing", null);
        }
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        try {
            Properties properties = new Properties();
            properties.load(new StringReader(content));
            String term = properties.getProperty("term");
            // The last line without its end may lack digits too.
            if (term != null && properties.getProperty("votedFor") != null && content.endsWith("\n")) {
                return new Votes(file, Long.parseLong(term));
            }
        } catch (IllegalArgumentException e) {
            throw damaged(file, e);
        }
        throw damaged(file, null);
    }

    static Path file(Path logFolder) {
        return logFolder.resolve("raft-meta");
    }

    private static VoronodeException damaged(Path file, @Nullable Exception cause) {
        return new VoronodeException.Corruption(file + ", which tells whom this peer voted for, is damaged", cause);
    }

    /** Fails if the log has entries of a later term: this peer was in it before it took them. */
    void requireTerm(long known) {
        if (term < known) {
            throw new VoronodeException.Corruption(
                    file + " is damaged: it tells of term " + term + ", the log of " + known, null);
        }
    }
}
