package io.voronode.systemtests.faults;

import io.voronode.client.CollectionInfo;
import io.voronode.systemtests.Eventually;
import io.voronode.systemtests.Metrics;
import io.voronode.systemtests.ServerProcess;
import io.voronode.systemtests.crash.CrashPoint;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** kill -9 of a node at a {@link CrashPoint}: a commit or a merge of an index, the install of a snapshot, the stamping of rows. */
final class CrashAt implements Fault {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final CrashPoint point;
    private String victim = "";
    private long pidBefore;

    CrashAt(CrashPoint point) {
        this.point = point;
    }

    @Override
    public String name() {
        return "F4-" + point.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String summary() {
        return "kill -9 a node in " + point;
    }

    /** So many that every partition needs several batches to be stamped. */
    @Override
    public int trainAt() {
        return point == CrashPoint.ASSIGN ? 2_000 : Fault.super.trainAt();
    }

    @Override
    public Duration limit() {
        return Duration.ofSeconds(12);
    }

    @Override
    public Duration duration() {
        return Duration.ofSeconds(2);
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        switch (point) {
            case FLUSH, MERGE, ASSIGN -> strike(scene, scene.leader(0));
            case INSTALL -> startAsOneThatInstalls(scene);
            default -> throw new IllegalStateException("no node comes to " + point);
        }
        scene.process(victim).awaitKilled(TIMEOUT);
    }

    private void strike(Scene scene, String node) throws InterruptedException {
        victim = node;
        pidBefore = scene.pid(node);
        scene.stage().crashes().strike(scene.process(node), point);
    }

    private void startAsOneThatInstalls(Scene scene) throws InterruptedException {
        victim = scene.leastLeading();
        Map<Integer, Double> reached = partitions(scene.metrics(victim), "voronode_partition_applied_index");
        scene.cluster().kill(victim);
        Eventually.await("logs that no longer reach back", TIMEOUT, () -> reachable(scene, reached));
        String option = scene.stage().crashes().jvmOption(point);
        scene.cluster().restart(victim, new ServerProcess.Life(List.of(option), Map.of()));
        pidBefore = scene.pid(victim);
    }

    private static Map<Integer, Double> partitions(Metrics metrics, String name) {
        return IntStream.range(0, (int) metrics.count(name))
                .boxed()
                .collect(Collectors.toMap(
                        number -> number, number -> metrics.get(name, "partition", Integer.toString(number))));
    }

    private @Nullable String reachable(Scene scene, Map<Integer, Double> reached) throws InterruptedException {
        for (int partition : reached.keySet()) {
            Metrics leader = scene.metrics(scene.leader(partition));
            double first = leader.get("voronode_partition_log_first_index", "partition", Integer.toString(partition));
            if (first > reached.getOrDefault(partition, 0.0) + 1) {
                return null;
            }
        }
        return "all logs reach back to " + reached;
    }

    @Override
    public void heal(Scene scene) {
        scene.cluster().restart(victim);
    }

    @Override
    public String evidence(Scene scene) throws InterruptedException {
        String left = scene.stage().crashes().left(point, pidBefore);
        if (point == CrashPoint.ASSIGN) {
            Eventually.await("the trained generation serving", TIMEOUT, () -> unfinished(scene));
        }
        return victim + " died in " + point + " (" + left + "), pid now " + scene.pid(victim)
                + (point == CrashPoint.ASSIGN ? ", the generation serves" : "");
    }

    private @Nullable String unfinished(Scene scene) {
        CollectionInfo info = scene.client().getCollection(scene.collection());
        return info.servingGeneration() > 0 ? null : info.toString();
    }
}
