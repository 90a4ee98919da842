package io.voronode.systemtests.faults;

import io.voronode.client.ClusterInfo;
import io.voronode.client.CollectionInfo;
import io.voronode.systemtests.Eventually;
import io.voronode.systemtests.crash.CrashPoint;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * kill -9 of the controller at a {@link CrashPoint}: between two steps of the first training, which begins by itself under the traffic, or of a
 * move away from a node that is drained. The other coordinator takes the next step.
 */
final class CrashController implements Fault {
    /** A generation is calibrated only when the traffic leaves time for it. */
    private static final Duration TIMEOUT = Duration.ofMinutes(4);

    private static final String DRAINED = "node-1";

    private final CrashPoint point;
    private String victim = "";
    private long pidBefore;

    CrashController(CrashPoint point) {
        this.point = point;
    }

    @Override
    public String name() {
        return "F4-" + point.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String summary() {
        return "kill -9 the controller in " + point;
    }

    /** So many that the controller is struck before it trains. */
    @Override
    public int trainAt() {
        return 2_000;
    }

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
        scene.stage().crashes().strike(scene.process(victim), point);
        if (point == CrashPoint.MOVE) {
            scene.client().drainNode(DRAINED);
        }
        scene.process(victim).awaitKilled(TIMEOUT);
    }

    /** The rest of a move is up to the other coordinator alone. */
    @Override
    public void heal(Scene scene) throws InterruptedException {
        if (point == CrashPoint.MOVE) {
            Eventually.await("the rest of the move", TIMEOUT, () -> unfinished(scene));
            scene.client().undrainNode(DRAINED);
        }
        scene.cluster().restart(victim);
    }

    private @Nullable String unfinished(Scene scene) {
        if (point == CrashPoint.MOVE) {
            return scene.client().describeCluster().shards().stream()
                    .filter(shard -> shard.node().equals(DRAINED))
                    .map(ClusterInfo.Shard::toString)
                    .findFirst()
                    .orElse(null);
        }
        CollectionInfo info = scene.client().getCollection(scene.collection());
        // The next may be under way already: the collection grows.
        boolean ended = info.generations().stream().allMatch(one -> one.number() >= info.servingGeneration());
        return info.servingGeneration() > 0 && ended ? null : info.toString();
    }

    @Override
    public String evidence(Scene scene) throws InterruptedException {
        if (point != CrashPoint.MOVE) {
            Eventually.await("what was begun", TIMEOUT, () -> unfinished(scene));
        }
        String left = scene.stage().crashes().left(point, pidBefore);
        return victim + " died in " + point + " (" + left + "), the other "
                + (point == CrashPoint.MOVE ? "moved all shards off " + DRAINED : "made the generation serve");
    }
}
