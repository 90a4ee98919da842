package io.voronode.systemtests.faults;

import io.voronode.systemtests.Network;
import io.voronode.systemtests.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The node that leads partition 0 is cut from everybody else: it hears nobody and nobody hears it, or only one of the two. The others elect
 * other leaders; it itself must acknowledge no write and grant no STRONG read from the first moment on, when it still believes that it leads.
 */
final class CutLeader implements Fault {
    private final String name;
    private final boolean hearing;
    private final boolean speaking;
    private String victim = "";
    private String now = "";
    private long pid;
    private long termBefore;
    private long termOfVictim;
    private CompletableFuture<String> write = new CompletableFuture<>();
    private CompletableFuture<String> barrier = new CompletableFuture<>();

    private CutLeader(String name, boolean hearing, boolean speaking) {
        this.name = name;
        this.hearing = hearing;
        this.speaking = speaking;
    }

    static CutLeader alone() {
        return new CutLeader("F6-leader", false, false);
    }

    static CutLeader deaf() {
        return new CutLeader("F6-oneway-deaf", false, true);
    }

    static CutLeader mute() {
        return new CutLeader("F6-oneway-mute", true, false);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String summary() {
        String what = speaking ? "hears nobody" : hearing ? "is heard by nobody" : "is cut from everybody";
        return "the leader of a partition " + what;
    }

    @Override
    public String obstacle(Stage stage) {
        return stage.withoutNetwork();
    }

    @Override
    public Duration limit() {
        return Duration.ofSeconds(12);
    }

    @Override
    public Duration healingLimit() {
        return Duration.ofSeconds(10);
    }

    @Override
    public Duration duration() {
        return Duration.ofSeconds(10);
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        String uuid = scene.client().getCollection(scene.collection()).uuid();
        victim = scene.leader(0);
        termBefore = scene.term(victim, 0);
        pid = scene.pid(victim);
        cut(scene.cluster(), scene.stage().network());
        write = ask(scene, calls -> calls.refusedWrite(0, uuid));
        barrier = ask(scene, calls -> calls.refusedBarrier(0));
    }

    /** Does not wait for the answer: how soon the others go on is measured from here. */
    private CompletableFuture<String> ask(Scene scene, Function<DirectCalls, String> what) {
        return CompletableFuture.supplyAsync(() -> {
            try (DirectCalls calls = new DirectCalls(scene, victim)) {
                return what.apply(calls);
            }
        });
    }

    private void cut(TestCluster cluster, Network network) {
        List<String> others = Stream.of(cluster.nodes(), cluster.coordinators(), cluster.zookeepers())
                .flatMap(List::stream)
                .filter(other -> !other.equals(victim))
                .toList();
        for (String other : others) {
            if (!hearing) {
                network.lose(other, victim);
            }
            if (!speaking) {
                network.lose(victim, other);
            }
        }
    }

    @Override
    public void heal(Scene scene) throws InterruptedException {
        now = scene.leader(0);
        termOfVictim = scene.term(victim, 0);
        scene.stage().network().heal();
    }

    @Override
    public String evidence(Scene scene) throws InterruptedException {
        long term = scene.term(now, 0);
        if (now.equals(victim) || term <= termBefore || scene.pid(victim) != pid) {
            throw new AssertionError("while " + victim + " was cut " + now + " led partition 0, term " + termBefore
                    + " now " + term + ", pid " + pid + " now " + scene.pid(victim));
        }
        return victim + " was cut and knew of term " + termOfVictim + ", " + now + " led, term " + termBefore + " now "
                + term + "; " + victim + " refused " + write.join() + "; " + barrier.join();
    }
}
