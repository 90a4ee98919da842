package io.voronode.systemtests.faults;

import io.voronode.systemtests.Relay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The node that leads partition 0 is slow, and alive: it may run a fifth of the time, or others reach it by a way that is long or narrow. How
 * much slower searches become is told; what they find is judged.
 */
final class SlowNode implements Fault {
    private static final Duration WAY = Duration.ofMillis(100);
    private static final long WIDE = 1L << 30;
    private static final long ONE_MEGABIT = 1_000_000 / 8;
    /** It may run a fifth of the time, on two processors at once, and the brake is not exact. */
    private static final double MOST_OF_A_PROCESSOR = 0.5;
    /** 80 of 100 ms it may not run. Reading from a pipe that nobody writes to is bash's way to sleep without another process. */
    private static final String DUTY = """
            exec {never}<> <(:)
            while kill -STOP $1 2>/dev/null; do
              read -r -t 0.08 -u $never
              kill -CONT $1 2>/dev/null
              read -r -t 0.02 -u $never
            done
            """;

    private final Kind kind;
    private String victim = "";
    private @Nullable Relay relay;
    private @Nullable Process brake;
    private long brakedNanos;
    private long cpuBefore;
    private Latencies before = Latencies.NONE;
    private Latencies meanwhile = Latencies.NONE;
    private String seen = "";

    private enum Kind {
        CPU,
        DELAY,
        NARROW
    }

    private SlowNode(Kind kind) {
        this.kind = kind;
    }

    static SlowNode processor() {
        return new SlowNode(Kind.CPU);
    }

    static SlowNode delay() {
        return new SlowNode(Kind.DELAY);
    }

    static SlowNode narrow() {
        return new SlowNode(Kind.NARROW);
    }

    @Override
    public String name() {
        return "F11-" + kind.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String summary() {
        return switch (kind) {
            case CPU -> "a leader may run 20 % of the time";
            case DELAY -> "others reach a leader 200 ms later";
            case NARROW -> "others reach a leader by 1 Mbit/s";
        };
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
        victim = scene.leader(0);
        before = Latencies.of(scene.stage().still());
        switch (kind) {
            case CPU -> brake(scene);
            case DELAY -> relay(scene, WAY, WIDE);
            case NARROW -> relay(scene, Duration.ZERO, ONE_MEGABIT);
        }
    }

    private void brake(Scene scene) {
        cpuBefore = scene.process(victim).cpuMs();
        brakedNanos = System.nanoTime();
        try {
            brake = new ProcessBuilder("bash", "-c", DUTY, "brake", Long.toString(scene.pid(victim))).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void relay(Scene scene, Duration delay, long bytesPerSecond) throws InterruptedException {
        relay = new Relay(
                scene.cluster().relayHost(),
                scene.cluster().nodePorts(victim),
                scene.cluster().nodeHost(victim),
                delay,
                bytesPerSecond);
        scene.cluster().stop(victim);
        scene.cluster().restart(victim, scene.cluster().relayed());
        scene.cluster().awaitServing();
    }

    @Override
    public void heal(Scene scene) throws InterruptedException {
        meanwhile = Latencies.of(scene.stage().still());
        if (brake != null) {
            release(scene, brake);
        } else if (relay != null) {
            seen = relay.passed() + " bytes came to " + victim + " and back by that way";
            scene.cluster().stop(victim);
            relay.close();
            scene.cluster().restart(victim);
        }
    }

    private void release(Scene scene, Process present) throws InterruptedException {
        double share = (scene.process(victim).cpuMs() - cpuBefore) * 1e6 / (System.nanoTime() - brakedNanos);
        present.destroyForcibly().waitFor();
        scene.cluster().resume(victim);
        if (share > MOST_OF_A_PROCESSOR) {
            throw new AssertionError(victim + " had " + share + " of a processor");
        }
        seen = String.format(Locale.ROOT, "%s had %.2f of a processor", victim, share);
    }

    @Override
    public String evidence(Scene scene) {
        if (seen.isEmpty() || (relay != null && relay.passed() == 0)) {
            throw new AssertionError("nothing shows that " + victim + " was slow");
        }
        return seen + "; searches before: " + before + ", meanwhile: " + meanwhile
                + String.format(
                        Locale.ROOT, ", p99 x %.1f (aim: 3)", (double) meanwhile.p99Ms() / Math.max(1, before.p99Ms()));
    }
}
