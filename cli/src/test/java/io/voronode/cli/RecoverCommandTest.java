package io.voronode.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.cli.client.FakeServer;
import org.junit.jupiter.api.Test;

final class RecoverCommandTest {
    private static Run recover(String... options) {
        try (FakeServer server = new FakeServer()) {
            String[] args = new String[options.length + 3];
            System.arraycopy(new String[] {"recover", "--server", server.address}, 0, args, 0, 3);
            System.arraycopy(options, 0, args, 3, options.length);
            return Run.of(args);
        }
    }

    @Test
    void printsWhatWasWrittenAndWhatIsNotKnown() {
        Run run = recover();

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .anySatisfy(line -> assertThat(line).contains("delete", "/voronode/voronode/collections/books"))
                .anySatisfy(line -> assertThat(line).contains("create", "/voronode/voronode/format"))
                .contains("note: collection \"books\" is gone")
                .contains("cluster abcd, 6 partitions: 2 znodes written");
    }

    @Test
    void aDryRunSaysThatNothingWasWritten() {
        assertThat(recover("--dry-run").out()).contains("cluster abcd, 6 partitions: 2 znodes would be written");
    }

    @Test
    void tellsProgramsTheSame() {
        assertThat(recover("--dry-run", "-o", "json").out())
                .contains("\"applied\" : false", "\"kind\" : \"create\"", "\"content\" : \"{}\"");
    }
}
