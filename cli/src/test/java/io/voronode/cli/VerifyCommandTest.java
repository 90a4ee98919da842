package io.voronode.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.cli.client.FakeServer;
import org.junit.jupiter.api.Test;

final class VerifyCommandTest {
    private static Run verify(String... options) {
        try (FakeServer server = new FakeServer()) {
            String[] args = new String[options.length + 4];
            System.arraycopy(new String[] {"verify", "articles", "--server", server.address}, 0, args, 0, 4);
            System.arraycopy(options, 0, args, 4, options.length);
            return Run.of(args);
        }
    }

    @Test
    void printsDifferencesAndHowManyMoreThereAreAndFails() {
        Run run = verify();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out().lines())
                .anySatisfy(line -> assertThat(line).contains("row content", "a1", "partition 3", "node-2"))
                .anySatisfy(line -> assertThat(line).contains("record missing", "a2", "shard 1/0", "no record"))
                .contains("… and 100 more");
        assertThat(run.out()).contains("102 differences");
    }

    @Test
    void afterARepairPrintsWhatIsLeft() {
        Run run = verify("--repair");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("row content", "1 difference, after 1 shard replica built anew");
        assertThat(run.out()).doesNotContain("record missing");
        assertThat(run.err()).contains("shard 1/0 on node-1 serves again", "record missing, key \"a2\"");
    }

    @Test
    void tellsProgramsTheSame() {
        assertThat(verify("-o", "json").out())
                .contains("\"compared\" : 1200", "\"differences\" : 102", "\"partition\" : 3", "\"shard\" : 0")
                .contains("\"kind\" : \"row_content\"");
    }
}
