package io.voronode.systemtests.faults;

import java.time.Duration;

/** SIGSTOP of the leader of partition 0: when it goes on it still believes that it leads, and must answer nothing that is stale. */
final class PauseLeader implements Fault {
    private final String name;
    private final Duration duration;
    private String victim = "";
    private long pid;
    private long termBefore;
    private char stateWhilePaused;

    PauseLeader(String name, Duration duration) {
        this.name = name;
        this.duration = duration;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String summary() {
        return "SIGSTOP the leader of a partition for " + duration.toSeconds() + " s";
    }

    @Override
    public Duration limit() {
        return Duration.ofSeconds(12);
    }

    @Override
    public Duration duration() {
        return duration;
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        victim = scene.leader(0);
        termBefore = scene.term(victim, 0);
        pid = scene.pid(victim);
        scene.cluster().pause(victim);
    }

    @Override
    public void heal(Scene scene) throws InterruptedException {
        stateWhilePaused = scene.cluster().process(victim).state();
        scene.cluster().resume(victim);
    }

    @Override
    public String evidence(Scene scene) throws InterruptedException {
        long term = scene.term(scene.leader(0), 0);
        if (stateWhilePaused != 'T' || scene.pid(victim) != pid || term <= termBefore) {
            throw new AssertionError(victim + " was in state " + stateWhilePaused + ", pid " + pid + " now "
                    + scene.pid(victim) + ", term " + termBefore + " now " + term);
        }
        return "paused " + victim + " pid " + pid + " (state T), term " + termBefore + " now " + term;
    }
}
