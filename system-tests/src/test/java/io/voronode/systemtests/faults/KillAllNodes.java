package io.voronode.systemtests.faults;

import java.time.Duration;
import java.util.Map;

/** kill -9 of all nodes at once, which are started again at once. */
final class KillAllNodes implements Fault {
    private Map<String, Long> pidsBefore = Map.of();

    @Override
    public String name() {
        return "F2-all";
    }

    @Override
    public String summary() {
        return "kill -9 all nodes at once";
    }

    @Override
    public Duration limit() {
        return Duration.ofSeconds(30);
    }

    @Override
    public void inject(Scene scene) {
        pidsBefore = scene.pidsOfNodes();
        pidsBefore.keySet().forEach(scene.cluster()::kill);
        pidsBefore.keySet().forEach(scene.cluster()::restart);
    }

    @Override
    public void heal(Scene scene) {
        // They were started again in inject: until then nothing can recover.
    }

    @Override
    public String evidence(Scene scene) {
        Map<String, Long> now = scene.pidsOfNodes();
        if (now.values().stream().anyMatch(pidsBefore::containsValue)) {
            throw new AssertionError("not all nodes were killed: pids " + pidsBefore + " now " + now);
        }
        return "pids " + pidsBefore + " now " + now;
    }
}
