package io.voronode.systemtests.faults;

import io.voronode.client.CollectionConfig;
import io.voronode.client.Metric;
import io.voronode.client.VoronodeClient;
import io.voronode.systemtests.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One fault from beginning to end: a new collection, traffic, the fault in the middle of it, its end, more traffic, silence, and the {@link
 * Aftermath}. It prints one line, and fails where the fault has no evidence, where too little was acknowledged to prove anything, where
 * writes had to wait too long, and where anything is not as it must be. One thread uses it.
 */
final class FaultRun {
    private static final long WARM_UP = 300;
    private static final long LEAST_ACKNOWLEDGED = 2_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final Fault fault;
    private final Stage stage;
    private final int slack;
    private final long seed;
    private final List<String> problems = new ArrayList<>();
    private final long start = System.nanoTime();

    /** How it ended. */
    enum Verdict {
        OK,
        FAILED,
        /** It cannot happen on this machine; the printed line says why. */
        SKIPPED
    }

    private FaultRun(Fault fault, Stage stage, int slack, long seed) {
        this.fault = fault;
        this.stage = stage;
        this.slack = slack;
        this.seed = seed;
    }

    /**
     * Runs it in a cluster that serves, and leaves one that serves.
     *
     * @param least how long the traffic lasts, if the fault does not need longer
     * @param slack how many times the fault's limits things may take: more than one where the machine has more to do
     */
    static Verdict run(Fault fault, Stage stage, Duration least, int slack, long seed) throws InterruptedException {
        String obstacle = fault.obstacle(stage);
        if (!obstacle.isEmpty()) {
            System.out.println(fault.name() + " skipped: " + obstacle);
            return Verdict.SKIPPED;
        }
        return new FaultRun(fault, stage, slack, seed).run(least) ? Verdict.OK : Verdict.FAILED;
    }

    private boolean run(Duration least) throws InterruptedException {
        String collection = fault.name().toLowerCase(Locale.ROOT);
        try (VoronodeClient client = stage.client()) {
            Scene scene = new Scene(stage, client, collection);
            client.createCollection(CollectionConfig.builder(collection)
                    .dimension(Content.DIMENSION)
                    .metric(Metric.EUCLIDEAN)
                    .replication(3)
                    .indexReplicas(2)
                    .shards(3)
                    .trainAt(fault.trainAt())
                    .build());
            boolean ok = run(scene, least);
            client.deleteCollection(collection);
            return ok;
        }
    }

    private boolean run(Scene scene, Duration least) throws InterruptedException {
        try (Traffic traffic = Traffic.start(scene.collection(), stage.cluster()::client, seed)) {
            traffic.awaitAcknowledged(WARM_UP);
            traffic.probe();
            fault.inject(scene);
            Duration recovered = traffic.probe();
            await(fault.duration().minus(recovered));
            fault.heal(scene);
            long atHealing = traffic.acknowledged();
            Duration healed = stage.cluster().awaitServing();
            await(least.minusNanos(System.nanoTime() - start));
            traffic.awaitAcknowledged(Math.max(LEAST_ACKNOWLEDGED, atHealing + WARM_UP));
            stage.cluster().awaitServing();
            traffic.stop();
            requireWithin("writes waited", recovered, fault.limit());
            requireWithin("after its end all was well again after", healed, fault.healingLimit());
            return judge(scene, traffic, recovered, healed);
        }
    }

    private void requireWithin(String what, Duration time, Duration promised) {
        Duration limit = promised.multipliedBy(slack);
        if (time.compareTo(limit) > 0) {
            problems.add(what + " " + time + ", the limit is " + limit);
        }
    }

    /** What is waited for is the traffic of this time itself. */
    private static void await(Duration duration) throws InterruptedException {
        long end = System.nanoTime() + duration.toNanos();
        Eventually.await("the end of a time", TIMEOUT, () -> System.nanoTime() >= end ? null : "not yet");
    }

    private boolean judge(Scene scene, Traffic traffic, Duration recovered, Duration healed)
            throws InterruptedException {
        Aftermath.Findings findings = Aftermath.check(scene, traffic);
        problems.addAll(findings.problems());
        String evidence = evidence(scene);
        boolean ok = problems.isEmpty();
        System.out.printf(
                Locale.ROOT,
                "%s %s acked=%d lost=%d doubled=%d resurrected=%d recall=%.3f recovered=%.1fs healed=%.1fs took=%ds refused=%s | %s%n",
                fault.name(),
                ok ? "ok" : "FAILED",
                traffic.acknowledged(),
                findings.lost(),
                findings.doubled(),
                findings.resurrected(),
                findings.recall(),
                recovered.toMillis() / 1e3,
                healed.toMillis() / 1e3,
                Duration.ofNanos(System.nanoTime() - start).toSeconds(),
                traffic.refusals(),
                evidence);
        if (!ok) {
            keep(traffic);
        }
        return ok;
    }

    private String evidence(Scene scene) throws InterruptedException {
        try {
            return fault.evidence(scene);
        } catch (AssertionError e) {
            problems.add("no evidence: " + e.getMessage());
            return "no evidence";
        }
    }

    private void keep(Traffic traffic) {
        Path file = Path.of(
                System.getProperty("basedir", "."), "target", "histories", fault.name() + "-" + seed + ".jsonl");
        traffic.history().write(file);
        problems.forEach(problem -> System.out.println("  " + problem));
        System.out.println("  history: " + file.toAbsolutePath().normalize() + "; again with -Dvoronode.seed=" + seed);
    }
}
