package io.voronode.systemtests.faults;

import java.time.Duration;

/**
 * The leader of partition 0 and another node cannot see each other, and both see the third and everything else. The third is a majority with
 * either; nobody may be elected again and again.
 */
final class BridgeNodes implements Fault {
    /** One change of leader to a node that all can see, and what an unlucky election takes. */
    private static final long MOST_TERMS = 4;

    private String leader = "";
    private String other = "";
    private long termBefore;
    private long behind;

    @Override
    public String name() {
        return "F6-bridge";
    }

    @Override
    public String summary() {
        return "two nodes cannot see each other, the third sees both";
    }

    @Override
    public String obstacle(Stage stage) {
        return stage.withoutNetwork();
    }

    @Override
    public Duration limit() {
        return Duration.ofSeconds(12);
    }

    /** The first generation may be in the making meanwhile, and counts. */
    @Override
    public Duration healingLimit() {
        return Duration.ofSeconds(30);
    }

    @Override
    public Duration duration() {
        return Duration.ofSeconds(15);
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        leader = scene.leader(0);
        other = scene.cluster().nodes().stream()
                .filter(node -> !node.equals(leader))
                .findFirst()
                .orElseThrow();
        termBefore = scene.term(leader, 0);
        scene.stage().network().cut(leader, other);
    }

    @Override
    public void heal(Scene scene) throws InterruptedException {
        behind = applied(scene, leader) - applied(scene, other);
        scene.stage().network().heal();
    }

    private static long applied(Scene scene, String node) throws InterruptedException {
        return (long) scene.metrics(node).get("voronode_partition_applied_index", "partition", "0");
    }

    @Override
    public String evidence(Scene scene) throws InterruptedException {
        String now = scene.leader(0);
        long term = scene.term(now, 0);
        if (term == termBefore && behind <= 0) {
            throw new AssertionError(leader + " led all the time, and yet " + other + " was " + behind + " behind");
        }
        if (term > termBefore + MOST_TERMS) {
            throw new AssertionError("from term " + termBefore + " to " + term + ": there was no peace");
        }
        return leader + " and " + other + " were cut, and at the end " + behind + " entries of partition 0 apart; term "
                + termBefore + " of " + leader + " now " + term + " of " + now;
    }
}
