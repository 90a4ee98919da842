package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.ratis.util.LifeCycle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Ratis does to a partition around the end of an install: it pauses it, moves the snapshot to its place, and has it opened anew. */
final class PausedPartitionTest {
    @TempDir
    private Path folder;

    private TestNode node;
    private PartitionReplica replica;

    @BeforeEach
    void formAPartitionWithASnapshot() throws IOException {
        node = TestNode.withDefaults(folder);
        node.formAlone(0);
        replica = node.host().replica(0);
        assertThat(replica.machine().takeSnapshot()).isPositive();
    }

    @AfterEach
    void close() {
        node.close();
    }

    /** A partition that stayed paused for ever would be of no use until its process is started again. */
    @Test
    void anInstallMayComeAfterOneThatFailedAtItsEnd() throws IOException {
        PartitionStateMachine machine = replica.machine();
        machine.pause();
        machine.pause();
        assertThat(machine.getLifeCycleState()).isEqualTo(LifeCycle.State.PAUSED);

        machine.reinitialize();

        assertThat(machine.getLifeCycleState()).isEqualTo(LifeCycle.State.RUNNING);
    }

    @Test
    void theEndOfAnInstallLeavesTheNextOneAlone() throws IOException {
        Path brokenOff = receive("snapshot-broken-off");
        replica.machine().pause();
        Path next = receive("snapshot-next");

        replica.machine().reinitialize();

        assertThat(brokenOff).doesNotExist();
        assertThat(next).exists();
    }

    private Path receive(String name) throws IOException {
        String group = replica.groupId().getUuid().toString();
        Path received = folder.resolve("raft").resolve(group).resolve("tmp").resolve(name);
        Files.createDirectories(received);
        return received;
    }
}
