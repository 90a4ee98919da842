package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The {@code voronode} command as a user runs it: processes, streams and exit codes. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CliTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int UNAVAILABLE = 3;

    private DevProcess server;

    @BeforeAll
    void start(@TempDir Path temp) throws InterruptedException {
        server = DevProcess.start(temp.resolve("data"));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void loadsSearchesReadsAndDeletes() throws InterruptedException {
        assertThat(voronode("collection", "create", "texts", "--model", "all-minilm-l6-v2-q", "--metric", "cosine")
                        .exitCode())
                .isEqualTo(OK);
        Command load = Command.runWithInput(TIMEOUT, """
                {"key":"cat","text":"The cat sleeps on the warm stove.","payload":{"lang":"en"},"document":"whole text"}
                {"key":"rates","text":"Interest rates rise again this spring."}
                """, onServer("load", "texts", "-"));
        assertThat(load.exitCode()).as(load.err()).isEqualTo(OK);

        Command search = voronode("search", "texts", "a pet takes a nap", "--k", "1", "--with-payload", "-o", "json");
        assertThat(search.exitCode()).as(search.err()).isEqualTo(OK);
        assertThat(search.out()).contains("\"cat\"").contains("lang").doesNotContain("rates");

        assertThat(voronode("count", "texts").out().strip()).contains("2");
        assertThat(voronode("get", "texts", "cat", "-o", "json").out()).contains("\"cat\"");
        assertThat(voronode("delete", "texts", "cat").exitCode()).isEqualTo(OK);
        assertThat(voronode("count", "texts").out().strip()).contains("1");
        assertThat(voronode("collection", "list").out()).contains("texts");
        assertThat(voronode("cluster").out()).contains("node-1");
        assertThat(voronode("collection", "delete", "texts").exitCode()).isEqualTo(OK);
    }

    @Test
    void answersErrorsInOneSentenceWithAnExitCode() throws InterruptedException {
        Command unknown = voronode("count", "nowhere");
        assertThat(unknown.exitCode()).isEqualTo(FAILED);
        assertThat(unknown.out()).isEmpty();
        assertThat(unknown.err().strip()).contains("nowhere").hasLineCount(1);

        assertThat(voronode("search").exitCode()).isEqualTo(USAGE);

        Command nobody = Command.run(TIMEOUT, "count", "texts", "--server", "127.0.0.1:1");
        assertThat(nobody.exitCode()).isEqualTo(UNAVAILABLE);
        assertThat(nobody.err().strip()).contains("127.0.0.1:1").hasLineCount(1);
    }

    @Test
    void refusesAFolderInUseAndAPortInUse(@TempDir Path other) throws InterruptedException, IOException {
        Command sameFolder =
                Command.run(TIMEOUT, "dev", "--data", server.folder().toString(), "--port", "0", "--http-port", "0");
        assertThat(sameFolder.exitCode()).isEqualTo(FAILED);
        assertThat(sameFolder.err().strip())
                .contains(server.folder().toString())
                .hasLineCount(1);

        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            for (String option : List.of("--port", "--http-port")) {
                String otherOption = option.equals("--port") ? "--http-port" : "--port";
                Command samePort =
                        Command.run(TIMEOUT, "dev", "--data", other.toString(), option, port, otherOption, "0");
                assertThat(samePort.exitCode()).isEqualTo(FAILED);
                assertThat(samePort.err().strip())
                        .contains("port " + port)
                        .endsWith("choose another with " + option)
                        .hasLineCount(1);
            }
        }
    }

    private Command voronode(String... arguments) throws InterruptedException {
        return Command.run(TIMEOUT, onServer(arguments));
    }

    private String[] onServer(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--server", server.address()));
        return all.toArray(String[]::new);
    }
}
