package io.voronode.systemtests.faults;

import io.voronode.systemtests.NodeFiles;
import java.time.Duration;

/** A node loses all that it has, and comes back under its name with an empty folder. */
final class ReplaceDisk implements Fault {
    private String victim = "";

    @Override
    public String name() {
        return "F8-disk";
    }

    @Override
    public String summary() {
        return "a node comes back with an empty disk";
    }

    @Override
    public Duration limit() {
        return Duration.ofSeconds(12);
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        victim = scene.leader(0);
        scene.cluster().kill(victim);
        NodeFiles.delete(scene.cluster().nodeData(victim));
    }

    @Override
    public void heal(Scene scene) throws InterruptedException {
        scene.cluster().restart(victim);
        scene.awaitAllCopies();
    }

    @Override
    public String evidence(Scene scene) throws InterruptedException {
        long installs = (long) scene.metrics(victim).sum("voronode_partition_snapshot_installs_total");
        long partitions = scene.client().describeCluster().partitions().size();
        if (installs < partitions) {
            throw new AssertionError(victim + " took over only " + installs + " snapshots");
        }
        return victim + " came back empty and took over " + installs + " snapshots for " + partitions + " partitions";
    }
}
