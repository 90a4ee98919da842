package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.wire.VoronodeException.Corruption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UnwrittenVotesTest {
    private static final RaftPeerId SELF = RaftPeerId.valueOf("self");
    private static final RaftPeerId OTHER = RaftPeerId.valueOf("other");

    @TempDir
    private Path folder;

    private long nanos;
    private final UnwrittenVotes votes = new UnwrittenVotes(() -> nanos);

    private boolean foundAt(Duration time, long knownTerm) throws IOException {
        nanos = time.toNanos();
        return votes.found(folder, knownTerm);
    }

    private void write(String content) throws IOException {
        Files.writeString(Votes.file(folder), content);
    }

    private void restore(long knownTerm, long writtenTerm) throws IOException {
        UnwrittenVotes.restore(folder, knownTerm, RaftStorageMetadata.valueOf(writtenTerm, OTHER), SELF);
    }

    @Test
    void findsATermThatStaysUnwritten() throws IOException {
        write("term=12\nvotedFor=other\n");

        assertThat(foundAt(Duration.ZERO, 12)).isFalse();
        assertThat(foundAt(Duration.ofSeconds(10), 13)).isFalse();
        assertThat(foundAt(Duration.ofSeconds(11), 13)).isFalse();
        assertThat(foundAt(Duration.ofSeconds(12), 13)).isTrue();
    }

    @Test
    void leavesATermTimeToBeWritten() throws IOException {
        write("term=12\nvotedFor=other\n");
        Path next = Files.createFile(folder.resolve("raft-meta.tmp"));

        assertThat(foundAt(Duration.ZERO, 13)).isFalse();
        assertThat(foundAt(Duration.ofMinutes(1), 13)).isFalse();
        Files.delete(next);
        assertThat(foundAt(Duration.ofMinutes(2), 13)).isFalse();
        write("term=13\nvotedFor=self\n");
        assertThat(foundAt(Duration.ofMinutes(3), 13)).isFalse();
        // Each is written soon, though one is on its way whenever somebody looks.
        assertThat(foundAt(Duration.ofMinutes(4), 14)).isFalse();
        assertThat(foundAt(Duration.ofMinutes(5), 15)).isFalse();
    }

    @Test
    void findsAnEmptiedFileAtOnce() throws IOException {
        write("");

        assertThatThrownBy(() -> foundAt(Duration.ZERO, 12)).isInstanceOf(Corruption.class);
    }

    @Test
    void bringsTheVoteOfTheKnownTermBack() throws IOException {
        write("");

        restore(12, 12);

        assertThat(Votes.file(folder)).hasContent("term=12\nvotedFor=other\n");
        assertThat(Votes.read(folder).term()).isEqualTo(12);
    }

    /** The vote of the older term says nothing of the known one, in which this peer may have followed a leader. */
    @Test
    void votesForNobodyElseInATermThatWasNotWritten() throws IOException {
        for (String content : new String[] {"", "term=12\nvotedFor=other\n"}) {
            write(content);

            restore(13, 12);

            assertThat(Votes.file(folder)).hasContent("term=13\nvotedFor=self\n");
        }
    }

    @Test
    void leavesAloneWhatIsWritten() throws IOException {
        write("#comment\nterm=13\nvotedFor=other\n");

        restore(13, 13);

        assertThat(Votes.file(folder)).hasContent("#comment\nterm=13\nvotedFor=other\n");
    }

    @Test
    void makesNoVotesWhereThereIsNoFile() throws IOException {
        restore(13, 12);

        assertThat(Votes.file(folder)).doesNotExist();
    }

    @Test
    void keepsAnOlderTermWhileTheNewOneCannotBeWritten() throws IOException {
        write("term=12\nvotedFor=other\n");
        Path inTheWay = Files.createDirectory(folder.resolve("raft-meta.tmp"));

        assertThatThrownBy(() -> restore(13, 12)).isInstanceOf(IOException.class);
        assertThat(Votes.read(folder).term()).isEqualTo(12);
        Files.delete(inTheWay);

        restore(13, 12);
        assertThat(Votes.read(folder).term()).isEqualTo(13);
    }
}
