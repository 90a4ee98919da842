package io.voronode.systemtests.faults;

import java.time.Duration;

/** kill -9 of a coordinator that does not control the cluster; half of the clients use it. */
final class KillCoordinator implements Fault {
    private String victim = "";
    private long pidBefore;

    @Override
    public String name() {
        return "F3-coordinator";
    }

    @Override
    public String summary() {
        return "kill -9 a coordinator that is not the controller";
    }

    /** Two seconds are promised to a client; this machine may be busy with the rest of the cluster. */
    @Override
    public Duration limit() {
        return Duration.ofSeconds(8);
    }

    @Override
    public Duration duration() {
        return Duration.ofSeconds(5);
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        victim = scene.cluster().controller().equals("coordinator-1") ? "coordinator-2" : "coordinator-1";
        pidBefore = scene.pid(victim);
        scene.cluster().kill(victim);
    }

    @Override
    public void heal(Scene scene) {
        scene.cluster().restart(victim);
    }

    @Override
    public String evidence(Scene scene) {
        return "killed " + victim + " pid " + pidBefore + " now " + scene.pid(victim);
    }
}
