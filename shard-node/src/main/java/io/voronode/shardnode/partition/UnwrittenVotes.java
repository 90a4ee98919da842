package io.voronode.shardnode.partition;

import io.voronode.wire.VoronodeException.Corruption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.storage.RaftStorageMetadata;

/**
 * Finds out that Ratis could not write the votes of one open division, as on a full disk, and brings them back once it is closed. Ratis first
 * takes a new term or vote into its memory. Where it then fails to write it, it tells nobody of the vote, but goes on, and not well:
 *
 * <ul>
 *   <li>An election ends, and none follows: the peer stays a candidate that asks nobody, and refuses its vote to those of a lower priority
 *       and to those who lack an entry that it has. Nobody leads, for ever.
 *   <li>The term of a new leader stays unwritten, though entries of that term are taken.
 *   <li>The file is replaced by as much as could be written of the new one: by an empty one.
 * </ul>
 *
 * Such a division must be closed, as if it had crashed in the midst of the write, and opened again. Used by one thread at a time.
 */
final class UnwrittenVotes {
    /** Between the memory and the file, and while the file is neither the old nor the new one, there are a few instructions. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoClock;
    private long unwrittenTerm = -1;
    private long sinceNanos;

    UnwrittenVotes(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /**
     * Whether the file does not tell of the term that the open division is in, and will not.
     *
     * @throws Corruption if it is not there, or not as Ratis writes it
     */
    boolean found(Path logFolder, long knownTerm) throws IOException {
        if (Votes.read(logFolder).term() == knownTerm || isBeingWritten(logFolder)) {
            unwrittenTerm = -1;
        } else if (unwrittenTerm != knownTerm) {
            unwrittenTerm = knownTerm;
            sinceNanos = nanoClock.getAsLong();
        }
        return unwrittenTerm >= 0 && nanoClock.getAsLong() - sinceNanos > GRACE_NANOS;
    }

    private static boolean isBeingWritten(Path logFolder) {
        return Files.isRegularFile(logFolder.resolve("raft-meta.tmp"));
    }

    /**
     * Writes the votes of a closed division whose file lacks them. Does nothing where there is no file: no write leaves none.
     *
     * @param knownTerm the term that the division was in
     * @param written what it wrote last: with an older term this peer voted for nobody in the known one, and now never will for another
     */
    static void restore(Path logFolder, long knownTerm, RaftStorageMetadata written, RaftPeerId self)
            throws IOException {
        Path file = Votes.file(logFolder);
        if (Files.exists(file) && !tells(logFolder, knownTerm)) {
            RaftPeerId votedFor = written.getTerm() == knownTerm ? written.getVotedFor() : self;
            String content = "term=" + knownTerm + "\nvotedFor=" + votedFor + "\n";
            FolderFiles.replace(file, content.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static boolean tells(Path logFolder, long term) throws IOException {
        try {
            return Votes.read(logFolder).term() >= term;
        } catch (Corruption e) {
            return false;
        }
    }
}
