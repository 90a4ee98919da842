package io.voronode.cli.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.cli.DurationConverter;
import io.voronode.cli.SizeConverter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

class ServerSettingsTest {
    @TempDir
    Path folder;

    /** A server with a setting of each sort. */
    @Command(name = "server", mixinStandardHelpOptions = true)
    static final class Server implements Runnable {
        @Option(names = ServerSettings.CONFIG)
        private Path config;

        @Option(names = "--port", defaultValue = "7")
        private int port;

        @Option(names = "--hosts", split = ",")
        private List<String> hosts;

        @Option(names = "--grace", defaultValue = "5m", converter = DurationConverter.class)
        private Duration grace;

        @Option(names = "--bytes", defaultValue = "1KiB", converter = SizeConverter.class)
        private long bytes;

        @Option(names = "--api-token")
        private String apiToken;

        @Override
        public void run() {
            throw new AssertionError("only parsed here, never run with " + config);
        }
    }

    private final Server server = new Server();

    private List<String> settings(Map<String, String> environment, String... args) {
        ServerSettings settings = ServerSettings.of(environment, args);
        CommandLine commandLine = new CommandLine(server).setDefaultValueProvider(settings);
        return settings.describe(commandLine.parseArgs(args));
    }

    private String file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("server.yaml"), yaml).toString();
    }

    @Test
    void theCommandLineWinsOverTheEnvironmentWhichWinsOverTheFile() throws IOException {
        String file = file("port: 1\nhosts: [a, b]\ngrace: 30s\n");

        List<String> shown =
                settings(Map.of("VORONODE_PORT", "2", "VORONODE_GRACE", "20s"), "--config", file, "--port", "3");

        assertThat(server.port).isEqualTo(3);
        assertThat(server.grace).isEqualTo(Duration.ofSeconds(20));
        assertThat(server.hosts).containsExactly("a", "b");
        assertThat(shown)
                .containsExactly(
                        "bytes = 1024 (default)",
                        "grace = 20s (environment)",
                        "hosts = a,b (" + file + ")",
                        "port = 3 (command line)");
    }

    @Test
    void theFileIsNamedByTheEnvironmentToo() throws IOException {
        settings(Map.of("VORONODE_CONFIG", file("bytes: 2MiB\n")));

        assertThat(server.bytes).isEqualTo(2 << 20);
        assertThat(server.port).isEqualTo(7);
    }

    @Test
    void secretsAreNotShown() {
        assertThat(settings(Map.of("VORONODE_API_TOKEN", "s3cr3t")))
                .contains("api-token = (hidden) (environment)")
                .noneMatch(line -> line.contains("s3cr3t"));
        assertThat(server.apiToken).isEqualTo("s3cr3t");
    }

    @Test
    void anUnknownKeyAndAWrongValueAreUsageErrors() throws IOException {
        String unknown = file("prot: 1\n");
        assertThatThrownBy(() -> settings(Map.of(), "--config=" + unknown))
                .isInstanceOf(ParameterException.class)
                .hasMessage("unknown key \"prot\" in settings file " + unknown
                        + "; known are api-token, bytes, grace, hosts, port");
        assertThatThrownBy(() -> settings(Map.of(), "--grace", "5 minutes"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("\"5 minutes\" is not a time such as 250ms, 30s, 5m, 24h or 7d");
        assertThatThrownBy(() -> settings(Map.of(), "--bytes", "5MB"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("\"5MB\" is not a size such as 4096, 64KiB, 256MiB or 1GiB");
    }
}
