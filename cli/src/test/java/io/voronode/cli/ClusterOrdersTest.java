package io.voronode.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.cli.client.FakeServer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The commands that change the shape of a cluster. */
final class ClusterOrdersTest {
    private final FakeServer server = new FakeServer();

    @AfterEach
    void close() {
        server.close();
    }

    private Run run(String... args) {
        return Run.of(Stream.concat(Stream.of(args), Stream.of("--server", server.address))
                .toArray(String[]::new));
    }

    @Test
    void aDrainWaitsUntilTheNodeIsEmptyAndTellsHowFarItIs() {
        Run run = run("node", "drain", "n1");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err().lines()).containsExactly("2 replicas to go", "1 replicas to go", "node n1 holds nothing");
        assertThat(server.cluster.orders).containsExactly("drain n1");
    }

    @Test
    void aDrainThatIsNotWaitedForReturnsAtOnce() {
        assertThat(run("node", "drain", "n1", "--no-wait").err().strip()).isEqualTo("node n1 gives its replicas away");
    }

    @Test
    void nodesAreUndrainedAndRemovedByName() {
        assertThat(run("node", "undrain", "n1").exitCode()).isZero();
        assertThat(run("node", "remove", "n1", "--lost").exitCode()).isZero();
        Run refused = run("node", "remove", "n1");

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("still holds much");
        assertThat(server.cluster.orders).containsExactly("undrain n1", "remove n1 lost", "remove n1");
    }

    @Test
    void theClusterShowsWhatIsUnderWayAndWhetherReplicasMove() {
        run("rebalance", "--pause");

        assertThat(run("cluster").out()).contains("draining", "2 replicas to go", "is paused");
        assertThat(run("cluster", "-o", "json").out())
                .contains("\"kind\" : \"drain\"", "\"rebalance\" : \"paused\"", "\"state\" : \"draining\"");
    }

    @Test
    void aDryRunShowsMovesAndChangesNothing() {
        run("rebalance", "--abort");

        Run run = run("rebalance", "--dry-run");

        assertThat(run.out()).contains("partition 7", "n1", "n2", "3.0 MiB");
        assertThat(run.err()).contains("replicas move: aborted; 1 are to move");
        assertThat(run("rebalance").err()).contains("replicas move: running");
    }

    @Test
    void aRateOfScansLeavesTheModeAsItIs() {
        run("rebalance", "--pause");

        assertThat(run("rebalance", "--scan-rate", "50MiB").err())
                .contains("replicas move: paused, scans at 50.0 MiB/s a node");
        assertThat(run("rebalance", "-o", "json", "--dry-run").out()).contains("\"scanBytesPerSecond\" : 52428800");
        assertThat(run("rebalance", "--dry-run", "--scan-rate", "50MiB").exitCode())
                .isEqualTo(2);
        assertThat(run("rebalance", "--pause", "--abort").exitCode()).isEqualTo(2);
    }
}
