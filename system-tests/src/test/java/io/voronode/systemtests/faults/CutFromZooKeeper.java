package io.voronode.systemtests.faults;

import io.voronode.client.Consistency;
import io.voronode.client.ReadOptions;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.client.WriteResult;
import io.voronode.systemtests.Eventually;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The controller is cut from all of ZooKeeper, and from nothing else: another coordinator becomes the controller; it itself goes on
 * taking the requests of clients.
 */
final class CutFromZooKeeper implements Fault {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private String victim = "";
    private String successor = "";
    private long pid;

    @Override
    public String name() {
        return "F6-zookeeper";
    }

    @Override
    public String summary() {
        return "the controller is cut from ZooKeeper";
    }

    @Override
    public String obstacle(Stage stage) {
        return stage.withoutNetwork();
    }

    /** No write asks ZooKeeper for anything. */
    @Override
    public Duration limit() {
        return Duration.ofSeconds(5);
    }

    @Override
    public Duration healingLimit() {
        return Duration.ofSeconds(10);
    }

    @Override
    public Duration duration() {
        return Duration.ofSeconds(15);
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        victim = scene.cluster().controller();
        pid = scene.pid(victim);
        scene.cluster().zookeepers().forEach(server -> scene.stage().network().cut(victim, server));
    }

    @Override
    public void heal(Scene scene) throws InterruptedException {
        String other = scene.otherCoordinator(victim);
        successor = Eventually.get("another controller", TIMEOUT, () -> successor(scene, other));
        requireDataServed(scene);
        scene.stage().network().heal();
    }

    private @Nullable String successor(Scene scene, String other) {
        String controller = scene.cluster().controllerSeenBy(other);
        return victim.equals(controller) ? null : controller;
    }

    private void requireDataServed(Scene scene) {
        try (VoronodeClient client = scene.cluster()
                .clientOf(victim)
                .deadline(Duration.ofSeconds(10))
                .retryFor(Duration.ZERO)
                .build()) {
            client.get(scene.collection(), Traffic.hotKey(0), ReadOptions.WHOLE.with(Consistency.STRONG));
            WriteResult result = client.delete(scene.collection(), List.of("never-there"), Wait.DURABLE)
                    .results()
                    .getFirst();
            if (!result.ok()) {
                throw new AssertionError(victim + " without ZooKeeper answered a write " + result);
            }
        }
    }

    @Override
    public String evidence(Scene scene) {
        if (scene.pid(victim) != pid) {
            throw new AssertionError(victim + " was started anew: pid " + pid + " now " + scene.pid(victim));
        }
        return victim + " (pid still " + pid + ") was cut from ZooKeeper, " + successor
                + " controlled the cluster; meanwhile " + victim + " read STRONG and wrote";
    }
}
