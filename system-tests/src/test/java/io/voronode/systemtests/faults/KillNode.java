package io.voronode.systemtests.faults;

import java.time.Duration;

/** kill -9 of one node, which comes back: of the one that leads partition 0, or of the one that leads the fewest. */
final class KillNode implements Fault {
    private final boolean leader;
    private String victim = "";
    private long pidBefore;
    private long termBefore;

    private KillNode(boolean leader) {
        this.leader = leader;
    }

    static KillNode leader() {
        return new KillNode(true);
    }

    static KillNode follower() {
        return new KillNode(false);
    }

    @Override
    public String name() {
        return leader ? "F1" : "F2-follower";
    }

    @Override
    public String summary() {
        return leader ? "kill -9 the leader of a partition" : "kill -9 the node that leads the fewest partitions";
    }

    @Override
    public Duration limit() {
        return Duration.ofSeconds(12);
    }

    @Override
    public Duration duration() {
        // A leader comes back by a snapshot: until then its peers must have purged what it lacks, which takes a slow
        // machine a while.
        return leader ? Duration.ofSeconds(12) : Duration.ofSeconds(6);
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        victim = leader ? scene.leader(0) : scene.leastLeading();
        termBefore = scene.term(victim, 0);
        pidBefore = scene.pid(victim);
        scene.cluster().kill(victim);
    }

    @Override
    public void heal(Scene scene) {
        scene.cluster().restart(victim);
    }

    @Override
    public String evidence(Scene scene) throws InterruptedException {
        String now = scene.leader(0);
        long term = scene.term(now, 0);
        if (leader && term <= termBefore) {
            throw new AssertionError("the term of partition 0 is still " + term + " after its leader was killed");
        }
        long installs = (long) scene.metrics(victim).sum("voronode_partition_snapshot_installs_total");
        if (leader && installs == 0) {
            throw new AssertionError(victim + " was to come back by snapshots, and found all in the logs");
        }
        return "killed " + victim + " pid " + pidBefore + " now " + scene.pid(victim) + ", term " + termBefore + " now "
                + term + " of leader " + now + ", it took over " + installs + " snapshots";
    }
}
