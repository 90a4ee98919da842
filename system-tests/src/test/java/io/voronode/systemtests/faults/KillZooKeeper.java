package io.voronode.systemtests.faults;

import io.voronode.client.CollectionConfig;
import io.voronode.client.Consistency;
import io.voronode.client.Metric;
import io.voronode.client.Query;
import io.voronode.client.ReadOptions;
import io.voronode.client.SearchOptions;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.client.WriteResult;
import io.voronode.systemtests.Eventually;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * kill -9 of the server of ZooKeeper that leads the others, or of all of them for a minute. Reads and writes do not notice; what changes the
 * shape of the cluster goes on with the others, or says that it is unavailable.
 */
final class KillZooKeeper implements Fault {
    private static final String NEW_COLLECTION = "made-meanwhile";
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private final boolean all;
    private List<String> victims = List.of();
    private Map<String, Long> pidsBefore = Map.of();
    private String meanwhile = "";

    private KillZooKeeper(boolean all) {
        this.all = all;
    }

    static KillZooKeeper one() {
        return new KillZooKeeper(false);
    }

    static KillZooKeeper all() {
        return new KillZooKeeper(true);
    }

    @Override
    public String name() {
        return all ? "F10-all" : "F10-one";
    }

    @Override
    public String summary() {
        return all ? "kill -9 all of ZooKeeper for a minute" : "kill -9 the leader of ZooKeeper";
    }

    /** No write asks ZooKeeper for anything. */
    @Override
    public Duration limit() {
        return Duration.ofSeconds(5);
    }

    @Override
    public Duration duration() {
        return all ? Duration.ofSeconds(60) : Duration.ofSeconds(5);
    }

    @Override
    public void inject(Scene scene) {
        victims = all ? scene.cluster().zookeepers() : List.of(leader(scene));
        pidsBefore = pids(scene);
        victims.forEach(scene.cluster()::kill);
    }

    private Map<String, Long> pids(Scene scene) {
        Map<String, Long> pids = new LinkedHashMap<>();
        victims.forEach(name -> pids.put(name, scene.pid(name)));
        return pids;
    }

    /** The server that the others follow. */
    private static String leader(Scene scene) {
        return scene.cluster().zookeepers().stream()
                .filter(name ->
                        scene.process(name).isRunning() && mode(scene, name).equals("leader"))
                .findFirst()
                .orElse("");
    }

    /** What a server says of itself: leader, follower, or nothing while it is neither or not there. */
    private static String mode(Scene scene, String name) {
        String[] address = scene.cluster().zookeeperAddress(name).split(":", 2);
        try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> line.startsWith("Mode: "))
                    .map(line -> line.substring("Mode: ".length()))
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void heal(Scene scene) throws InterruptedException {
        requireDataServed(scene);
        meanwhile = all ? requireShapeUnavailable(scene) : "shape changed by " + changeShape(scene);
        victims.forEach(scene.cluster()::restart);
    }

    private static void requireDataServed(Scene scene) {
        try (VoronodeClient impatient = impatient(scene)) {
            impatient.get(scene.collection(), Traffic.hotKey(0), ReadOptions.WHOLE.with(Consistency.STRONG));
            impatient.search(
                    scene.collection(),
                    Query.of(Content.vector(1)),
                    SearchOptions.builder(1).build());
            impatient.delete(scene.collection(), List.of("never-there"), Wait.DURABLE).results().stream()
                    .filter(result -> !result.ok())
                    .map(WriteResult::toString)
                    .forEach(refusal -> {
                        throw new AssertionError("without ZooKeeper a write was answered " + refusal);
                    });
        }
    }

    private static VoronodeClient impatient(Scene scene) {
        return scene.cluster()
                .client()
                .deadline(Duration.ofSeconds(10))
                .retryFor(Duration.ZERO)
                .build();
    }

    private static String requireShapeUnavailable(Scene scene) {
        try (VoronodeClient impatient = impatient(scene)) {
            String create = unavailable("a new collection", () -> impatient.createCollection(config()));
            String retrain = unavailable("a new generation", () -> impatient.retrainCollection(scene.collection()));
            return create + "; " + retrain;
        }
    }

    private static String unavailable(String what, Supplier<?> change) {
        long start = System.nanoTime();
        try {
            Object answer = change.get();
            throw new AssertionError("without ZooKeeper " + what + " was answered " + answer);
        } catch (VoronodeException.Unavailable e) {
            return what + " was answered UNAVAILABLE after "
                    + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms";
        }
    }

    private static CollectionConfig config() {
        return CollectionConfig.builder(NEW_COLLECTION)
                .dimension(Content.DIMENSION)
                .metric(Metric.EUCLIDEAN)
                .build();
    }

    /** Makes a collection and drops it again; answers the controller. */
    private static String changeShape(Scene scene) throws InterruptedException {
        scene.client().createCollection(config());
        scene.client().deleteCollection(NEW_COLLECTION);
        return scene.cluster().controller();
    }

    @Override
    public String evidence(Scene scene) throws InterruptedException {
        Map<String, Long> now = pids(scene);
        if (now.values().stream().anyMatch(pidsBefore::containsValue)) {
            throw new AssertionError("pids " + pidsBefore + " now " + now);
        }
        Eventually.await("a leader of ZooKeeper", TIMEOUT, () -> withoutLeader(scene));
        return "killed " + pidsBefore + " now " + now + ", ZooKeeper's leader now " + leader(scene) + ", meanwhile "
                + meanwhile + "; afterwards shape changed by " + changeShape(scene);
    }

    private static @Nullable String withoutLeader(Scene scene) {
        return leader(scene).isEmpty() ? "none leads" : null;
    }
}
