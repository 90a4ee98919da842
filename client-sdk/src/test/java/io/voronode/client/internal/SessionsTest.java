package io.voronode.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
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
    void replacesTheTokenOfAStreamBehindAnother() {
        sessions.saw("c", ByteString.EMPTY, token("write"));
        sessions.saw("c", ByteString.EMPTY, token("s1"));
        sessions.saw("c", token("s1"), token("s2"));

        assertThat(carried()).isEqualTo("writes2");
    }
}
