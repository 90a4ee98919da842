package io.voronode.systemtests.faults;

import io.voronode.client.Consistency;
import io.voronode.client.ReadOptions;
import io.voronode.client.StoredRecord;
import io.voronode.client.Wait;
import io.voronode.systemtests.Eventually;
import io.voronode.systemtests.Metrics;
import io.voronode.systemtests.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The clock of the leader of partition 0 jumps forward while it works, that of another node back, and later both jump to the right time
 * again. libfaketime tells the processes another time of day, not another monotonic one.
 */
final class SkewClocks implements Fault {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    /** HTTP dates have whole seconds, and libfaketime looks for another time once a second. */
    private static final Duration INEXACT = Duration.ofSeconds(4);

    private final String name;
    private final Duration jump;
    private String fast = "";
    private String slow = "";
    private Duration fastTold = Duration.ZERO;
    private Duration slowTold = Duration.ZERO;
    private Duration stamped = Duration.ZERO;

    SkewClocks(String name, Duration jump) {
        this.name = name;
        this.jump = jump;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String summary() {
        return "the clock of a leader jumps " + jump.toSeconds() + " s forward, that of another node as far back";
    }

    @Override
    public String obstacle(Stage stage) {
        return library() == null ? "libfaketime is not installed (Debian: apt-get install libfaketime)" : "";
    }

    private static @Nullable Path library() {
        try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
            return Stream.concat(folders, Stream.of(Path.of("/usr/lib"), Path.of("/usr/lib64")))
                    .map(folder -> folder.resolve("faketime/libfaketimeMT.so.1"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public Duration limit() {
        return Duration.ofSeconds(12);
    }

    @Override
    public Duration duration() {
        return Duration.ofSeconds(5);
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        for (String node : scene.cluster().nodes()) {
            set(scene, node, Duration.ZERO);
            restart(scene, node, life(scene, node));
        }
        fast = scene.leader(0);
        slow = scene.cluster().nodes().stream()
                .filter(node -> !node.equals(fast))
                .findFirst()
                .orElseThrow();
        jump(scene, fast, jump);
        jump(scene, slow, jump.negated());
    }

    private static void restart(Scene scene, String node, ServerProcess.Life life) throws InterruptedException {
        scene.cluster().stop(node);
        scene.cluster().restart(node, life);
        scene.cluster().awaitServing();
    }

    /**
     * With libfaketime's "fix" of waits for monotonic clocks every wait of a JVM would end at once, and all of its threads would spin.
     */
    private static ServerProcess.Life life(Scene scene, String node) {
        return new ServerProcess.Life(
                List.of(),
                Map.of(
                        "LD_PRELOAD", String.valueOf(library()),
                        "DONT_FAKE_MONOTONIC", "1",
                        "FAKETIME_FORCE_MONOTONIC_FIX", "0",
                        "FAKETIME_CACHE_DURATION", "1",
                        "FAKETIME_TIMESTAMP_FILE", clock(scene, node).toString()));
    }

    private static Path clock(Scene scene, String node) {
        return scene.stage().folder().resolve(node + ".clock");
    }

    /** Replaces the file whole, so that no process reads half of it. */
    private static void set(Scene scene, String node, Duration offset) {
        Path clock = clock(scene, node);
        try {
            Path next = clock.resolveSibling(clock.getFileName() + ".next");
            Files.writeString(next, (offset.isNegative() ? "" : "+") + offset.toSeconds() + "\n");
            Files.move(next, clock, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when the process itself tells the other time. */
    private static void jump(Scene scene, String node, Duration offset) throws InterruptedException {
        set(scene, node, offset);
        Eventually.await("the other time of " + node, TIMEOUT, () -> {
            Duration told = offset(scene, node);
            return isNear(told, offset) ? null : "it is " + told + " off";
        });
    }

    private static boolean isNear(Duration told, Duration offset) {
        return told.minus(offset).abs().compareTo(INEXACT) < 0;
    }

    private static Duration offset(Scene scene, String node) throws InterruptedException {
        return Duration.between(Instant.now(), Metrics.clock(scene.cluster().httpAddress(node)));
    }

    @Override
    public void heal(Scene scene) throws InterruptedException {
        fastTold = offset(scene, fast);
        slowTold = offset(scene, slow);
        stamped = stamped(scene);
        jump(scene, fast, Duration.ZERO);
        jump(scene, slow, Duration.ZERO);
        for (String node : scene.cluster().nodes()) {
            restart(scene, node, new ServerProcess.Life(List.of(), Map.of()));
        }
    }

    /** How far off the latest update time is that records in all partitions get; not far where the other node leads none any more. */
    private static Duration stamped(Scene scene) {
        List<String> keys = IntStream.range(0, 64).mapToObj(i -> "clock-" + i).toList();
        Instant before = Instant.now();
        scene.client()
                .upsert(
                        scene.collection(),
                        keys.stream().map(key -> Content.record(key, 1)).toList(),
                        Wait.DURABLE);
        Map<String, StoredRecord> found =
                scene.client().get(scene.collection(), keys, ReadOptions.WHOLE.with(Consistency.STRONG));
        scene.client().delete(scene.collection(), keys, Wait.DURABLE);
        return found.values().stream()
                .map(record -> Duration.between(before, record.updateTime()))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    @Override
    public String evidence(Scene scene) {
        if (!isNear(fastTold, jump) || !isNear(slowTold, jump.negated())) {
            throw new AssertionError(fast + " was " + fastTold + " off, " + slow + " " + slowTold);
        }
        return fast + " told a time " + fastTold.toSeconds() + " s off, " + slow + " one " + slowTold.toSeconds()
                + " s off, the latest stamp of a record was " + stamped.toSeconds() + " s off";
    }
}
