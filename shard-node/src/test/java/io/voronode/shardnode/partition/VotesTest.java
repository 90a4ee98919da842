package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.wire.VoronodeException.Corruption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VotesTest {
    private static final String COMMENT = "#\n#Thu Jan 01 00:00:00 UTC 2026\n";

    @TempDir
    private Path folder;

    @Test
    void knowsTheTermThatRatisWrote() throws IOException {
        write(COMMENT + "term=12\nvotedFor=\n");

        Votes votes = Votes.read(folder);

        assertThat(votes.term()).isEqualTo(12);
        assertThatCode(() -> votes.requireTerm(12)).doesNotThrowAnyException();
        assertThatThrownBy(() -> votes.requireTerm(13))
                .isInstanceOf(Corruption.class)
                .hasMessageContaining("it tells of term 12, the log of 13");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "term=12\nvotedFo=a\n",
                "ter=12\nvotedFor=a\n",
                "term=1x\nvotedFor=a\n",
                "votedFor=a\nterm=1",
                "term=12\n",
                "term=12\nvotedFor=\\uzzzz\n"
            })
    void takesAnythingElseForDamage(String content) throws IOException {
        write(COMMENT + content);

        assertThatThrownBy(() -> Votes.read(folder))
                .isInstanceOf(Corruption.class)
                .hasMessageContaining(Votes.file(folder).toString());
    }

    private void write(String content) throws IOException {
        Files.writeString(Votes.file(folder), content);
    }
}
