package io.voronode.systemtests.faults;

import io.voronode.client.CollectionInfo;
import io.voronode.systemtests.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SIGSTOP of the controller until its session with ZooKeeper has expired and another controls the cluster: when it goes on there are two that
 * believe it is they. The old one must notice, and whatever it may still order in the name of its epoch must be refused.
 */
final class ExpireSession implements Fault {
    private static final Pattern TOOK_EPOCH = Pattern.compile("coordinator (\\S+) is the controller with epoch (\\d+)");
    private static final String DEPOSED = "coordinator is no longer the controller";
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private String victim = "";
    private String other = "";
    private long pid;
    private char stateWhilePaused;
    private long logOfVictim;
    private long epochBefore;
    private int generation;

    @Override
    public String name() {
        return "F10-session";
    }

    @Override
    public String summary() {
        return "SIGSTOP the controller until its session with ZooKeeper has expired";
    }

    @Override
    public Duration limit() {
        return Duration.ofSeconds(12);
    }

    @Override
    public Duration duration() {
        return Duration.ofSeconds(15);
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        victim = scene.cluster().controller();
        other = scene.otherCoordinator(victim);
        pid = scene.pid(victim);
        epochBefore = lastEpoch(scene, victim);
        logOfVictim = scene.process(victim).logBytes();
        // So that it is stopped in the midst of something, which both will want to go on with.
        generation = Eventually.get("a retraining", TIMEOUT, () -> retrain(scene));
        scene.cluster().pause(victim);
    }

    private static @Nullable Integer retrain(Scene scene) {
        CollectionInfo info = scene.client().getCollection(scene.collection());
        return info.generations().size() == 1 && info.recordCount() > 0
                ? scene.client().retrainCollection(scene.collection())
                : null;
    }

    /** That a coordinator ever took, by its log; 0: none. */
    private static long lastEpoch(Scene scene, String coordinator) {
        return scene.process(coordinator).logSince(0).stream()
                .map(TOOK_EPOCH::matcher)
                .filter(Matcher::find)
                .mapToLong(epoch -> Long.parseLong(epoch.group(2)))
                .max()
                .orElse(0);
    }

    @Override
    public void heal(Scene scene) throws InterruptedException {
        Eventually.await(
                "a higher epoch of " + other,
                TIMEOUT,
                () -> lastEpoch(scene, other) > epochBefore ? null : "epoch " + lastEpoch(scene, other));
        stateWhilePaused = scene.process(victim).state();
        scene.cluster().resume(victim);
    }

    @Override
    public String evidence(Scene scene) throws InterruptedException {
        if (stateWhilePaused != 'T' || scene.pid(victim) != pid) {
            throw new AssertionError(
                    victim + " was in state " + stateWhilePaused + ", pid " + pid + " now " + scene.pid(victim));
        }
        String deposed = Eventually.get("the end of its reign", TIMEOUT, () -> deposed(scene));
        Eventually.await("generation " + generation + " serving", TIMEOUT, () -> unfinished(scene));
        return "paused controller " + victim + " pid " + pid + " (state T) of epoch " + epochBefore + ", " + other
                + " took epoch " + lastEpoch(scene, other) + " and generation " + generation + " serves; " + victim
                + " woke up and logged \"" + deposed + "\"; refused were " + refusals(scene);
    }

    private @Nullable String deposed(Scene scene) {
        return scene.process(victim).logSince(logOfVictim).stream()
                .filter(line -> line.contains(DEPOSED))
                .map(line -> line.substring(line.indexOf(DEPOSED)))
                .findFirst()
                .orElse(null);
    }

    private @Nullable String unfinished(Scene scene) {
        CollectionInfo info = scene.client().getCollection(scene.collection());
        return info.servingGeneration() >= generation ? null : info.toString();
    }

    /** What the old controller could still say, had it not noticed. */
    private List<String> refusals(Scene scene) throws InterruptedException {
        try (DirectCalls leader = new DirectCalls(scene, scene.leader(0))) {
            List<String> refusals = List.of(leader.refusedAssignment(epochBefore), leader.refusedOrder(0, epochBefore));
            refusals.forEach(refusal -> {
                if (!refusal.contains("epoch")) {
                    throw new AssertionError("refused for another reason than its epoch: " + refusal);
                }
            });
            return refusals;
        }
    }
}
