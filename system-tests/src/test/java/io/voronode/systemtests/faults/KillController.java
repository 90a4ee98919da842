package io.voronode.systemtests.faults;

import io.voronode.client.CollectionInfo;
import io.voronode.systemtests.Eventually;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** kill -9 of the controller while a generation is trained or built, which the next controller finishes. */
final class KillController implements Fault {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private String victim = "";
    private long pidBefore;
    private int generation;
    private @Nullable String stateAtKill;

    @Override
    public String name() {
        return "F3-controller";
    }

    @Override
    public String summary() {
        return "kill -9 the controller while it builds a generation";
    }

    /** Two seconds are promised to a client; this machine may be busy with the rest of the cluster. */
    @Override
    public Duration limit() {
        return Duration.ofSeconds(8);
    }

    @Override
    public Duration duration() {
        return Duration.ofSeconds(8);
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        victim = scene.cluster().controller();
        pidBefore = scene.pid(victim);
        generation = Eventually.get("a retraining", TIMEOUT, () -> retrain(scene));
        scene.cluster().kill(victim);
        stateAtKill = unfinished(scene.client().getCollection(scene.collection()));
    }

    /** Null while another generation is being built. */
    private static @Nullable Integer retrain(Scene scene) {
        CollectionInfo info = scene.client().getCollection(scene.collection());
        return info.generations().size() == 1 && info.recordCount() > 0
                ? scene.client().retrainCollection(scene.collection())
                : null;
    }

    private @Nullable String unfinished(CollectionInfo info) {
        return info.servingGeneration() >= generation ? null : "generation " + generation + " not serving";
    }

    @Override
    public void heal(Scene scene) {
        scene.cluster().restart(victim);
    }

    @Override
    public String evidence(Scene scene) throws InterruptedException {
        if (stateAtKill == null) {
            throw new AssertionError("generation " + generation + " was finished before its controller was killed");
        }
        String now = scene.cluster().controller();
        if (now.equals(victim)) {
            throw new AssertionError(victim + " is the controller again: nobody else took over");
        }
        Eventually.await(
                "generation " + generation + " serving",
                TIMEOUT,
                () -> unfinished(scene.client().getCollection(scene.collection())));
        return "killed controller " + victim + " pid " + pidBefore + ", " + now + " finished generation " + generation;
    }
}
