package io.voronode.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.client.Consistency;
import io.voronode.proto.v1.ConsistencyLevel;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a client carries when answers overtake each other. */
final class SessionsTest {
    private final Sessions sessions = new Sessions(true);

    private static ByteString token(String value) {
        return ByteString.copyFromUtf8(value);
    }

    private String carried() {
        return sessions.token("c").toStringUtf8();
    }

    @Test
    void replacesWhatTheAnswerCovers() {
        sessions.saw("c", ByteString.EMPTY, token("a"));
        sessions.saw("c", token("a"), token("b"));

        assertThat(carried()).isEqualTo("b");
    }

    @Test
    void joinsTheTokensOfCallsThatRanAtTheSameTime() {
        sessions.saw("c", ByteString.EMPTY, token("0"));
        sessions.saw("c", token("0"), token("a"));
        sessions.saw("c", token("0"), token("b"));

        assertThat(carried()).isEqualTo("ab");

        sessions.saw("c", token("ab"), token("c"));
        assertThat(carried()).isEqualTo("c");
    }

    @Test
    void keepsTheTokensOfTwoThousandWritesThatRanAtTheSameTime() {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            String one = i + ":" + "x".repeat(400);
            sessions.saw("c", ByteString.EMPTY, token(one));
            all.append(one);
        }

        assertThat(carried().equals(all.toString())).isTrue();
        assertThat(levelOf(sessions::read)).isEqualTo(ConsistencyLevel.CONSISTENCY_LEVEL_UNSPECIFIED);
    }

    @Test
    void readsStronglyWhereATokenWasDroppedUntilAReadOfAllHasMadeUpForIt() {
        sessions.saw("c", ByteString.EMPTY, token("a".repeat(2 << 20)));
        sessions.saw("c", ByteString.EMPTY, token("b".repeat(2 << 20)));

        assertThat(levelOf(sessions::read)).isEqualTo(ConsistencyLevel.CONSISTENCY_LEVEL_STRONG);
        assertThat(levelOf(sessions::readAll)).isEqualTo(ConsistencyLevel.CONSISTENCY_LEVEL_STRONG);
        assertThat(carried()).isEqualTo("read");
        assertThat(levelOf(sessions::read)).isEqualTo(ConsistencyLevel.CONSISTENCY_LEVEL_UNSPECIFIED);
    }

    /** One of the ways to read. */
    private interface Reading {
        CompletableFuture<ConsistencyLevel> read(
                String collection, Consistency asked, Sessions.Read<ConsistencyLevel> read);
    }

    private static ConsistencyLevel levelOf(Reading reading) {
        return Futures.await(reading.read(
                "c",
                Consistency.DEFAULT,
                (sent, level) -> CompletableFuture.completedFuture(new Sessions.Tokened<>(level, token("read")))));
    }

    @Test
    void replacesTheTokenOfAStreamBehindAnother() {
        sessions.saw("c", ByteString.EMPTY, token("write"));
        sessions.saw("c", ByteString.EMPTY, token("s1"));
        sessions.saw("c", token("s1"), token("s2"));

        assertThat(carried()).isEqualTo("writes2");
    }
}
