package io.voronode.systemtests.faults;

import io.voronode.client.Query;
import io.voronode.client.ReadOptions;
import io.voronode.client.RecordStatus;
import io.voronode.client.SearchOptions;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.client.WriteResult;
import io.voronode.systemtests.Eventually;
import io.voronode.systemtests.SmallDisk;
import io.voronode.wire.VoronodeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The disk of all nodes runs full: nearly, so that upserts are refused and everything else goes on, then to its last byte, so that logs
 * cannot be written, then there is room again. No process is started anew.
 */
final class FillDisk implements Fault {
    private static final long NEARLY_FULL = 40L << 20;
    private static final String ENOSPC = "No space left on device";
    private static final int DELETED = 20;
    /** Requests of deletes that fit into what is allocated of the logs, many times over. */
    private static final int ENDLESS = 200;

    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private Map<String, Long> pidsBefore = Map.of();
    private String refusal = "";
    private String system = "";
    private int failures;

    @Override
    public String name() {
        return "F7";
    }

    @Override
    public String summary() {
        return "the disk of all nodes runs full";
    }

    @Override
    public String obstacle(Stage stage) {
        return stage.disk().isPresent() ? "" : "no file system of a small size can be mounted here";
    }

    @Override
    public Duration limit() {
        return Duration.ofSeconds(30);
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        SmallDisk disk = scene.stage().smallDisk();
        pidsBefore = scene.pidsOfNodes();
        Map<String, Long> logs = scene.logs();
        write(scene);
        try (VoronodeClient impatient = scene.cluster()
                .client()
                .deadline(Duration.ofSeconds(5))
                .retryFor(Duration.ZERO)
                .build()) {
            disk.fillUpTo(NEARLY_FULL);
            checkRefusal(scene, impatient);
            checkTheRest(scene, impatient);
            fillToTheLastByte(scene, disk, impatient);
        } finally {
            disk.makeRoom();
        }
        failures = scene.logged(logs, ENOSPC).size();
    }

    private static List<String> own() {
        return IntStream.range(0, DELETED).mapToObj(i -> "full-" + i).toList();
    }

    private static void write(Scene scene) {
        List<VectorRecord> records =
                own().stream().map(key -> Content.record(key, 1)).toList();
        requireOk(
                scene.client().upsert(scene.collection(), records, Wait.DURABLE).results());
    }

    private static void requireOk(List<WriteResult> results) {
        results.stream().filter(result -> !result.ok()).findFirst().ifPresent(result -> {
            throw new AssertionError("refused: " + result);
        });
    }

    private void checkRefusal(Scene scene, VoronodeClient impatient) throws InterruptedException {
        List<VectorRecord> one = List.of(Content.record(own().getFirst(), 1));
        Eventually.await("a refusal", TIMEOUT, () -> {
            WriteResult result = impatient
                    .upsert(scene.collection(), one, Wait.DURABLE)
                    .results()
                    .getFirst();
            refusal = result.status() + " " + result.message();
            boolean right = result.status() == RecordStatus.RESOURCE_EXHAUSTED
                    && result.message().contains("only deletes are taken");
            return right ? null : refusal;
        });
        Eventually.await(
                "a notice of every node",
                TIMEOUT,
                () -> scene.client().describeCluster().nodes().stream()
                        .filter(node -> !node.notice().contains("upserts are refused"))
                        .map(node -> node.name() + " says \"" + node.notice() + "\"")
                        .findFirst()
                        .orElse(null));
    }

    /** Deletes, reads and searches. */
    private static void checkTheRest(Scene scene, VoronodeClient impatient) throws InterruptedException {
        requireOk(impatient.delete(scene.collection(), own(), Wait.DURABLE).results());
        if (!impatient.get(scene.collection(), own(), ReadOptions.WHOLE).isEmpty()) {
            throw new AssertionError("deleted on a full disk, and still there");
        }
        Eventually.await("hits", TIMEOUT, () -> {
            int hits = impatient
                    .search(
                            scene.collection(),
                            Query.of(Content.vector(1)),
                            SearchOptions.builder(10).build())
                    .hits()
                    .size();
            return hits == 10 ? null : "only " + hits;
        });
    }

    /** Others fill the disk too. Sooner or later no log can be written any more, and even deletes fail. */
    private void fillToTheLastByte(Scene scene, SmallDisk disk, VoronodeClient impatient) {
        String failure = null;
        for (int done = 0; failure == null; done++) {
            system = disk.fillUpTo(0);
            if (done == ENDLESS) {
                throw new AssertionError(done + " requests of deletes were done on a full disk");
            }
            failure = deleteAbsent(scene, impatient);
        }
    }

    /** Deletes many keys that are not there, which takes a quarter of a megabyte of the logs; answers what failed, if something did. */
    private static @Nullable String deleteAbsent(Scene scene, VoronodeClient impatient) {
        List<String> keys =
                IntStream.range(0, 500).mapToObj(i -> "absent".repeat(80) + i).toList();
        try {
            return impatient.delete(scene.collection(), keys, Wait.DURABLE).results().stream()
                    .filter(result -> !result.ok())
                    .map(WriteResult::toString)
                    .findFirst()
                    .orElse(null);
        } catch (VoronodeException e) {
            return e.toString();
        }
    }

    @Override
    public void heal(Scene scene) {
        // There is room since the end of inject: until then no upsert can be taken.
    }

    @Override
    public String evidence(Scene scene) throws InterruptedException {
        if (!system.contains(ENOSPC) || failures == 0) {
            throw new AssertionError("the disk was never full: \"" + system + "\", in the nodes' logs " + failures);
        }
        if (!scene.pidsOfNodes().equals(pidsBefore)) {
            throw new AssertionError("a node was started anew: " + pidsBefore + " now " + scene.pidsOfNodes());
        }
        Eventually.await(
                "no notice",
                TIMEOUT,
                () -> scene.client().describeCluster().nodes().stream()
                        .filter(node -> !node.notice().isEmpty())
                        .map(node -> node.name() + " still says " + node.notice())
                        .findFirst()
                        .orElse(null));
        return "upserts were answered " + refusal + "; then ENOSPC " + failures
                + " times in the nodes' logs, same pids";
    }
}
