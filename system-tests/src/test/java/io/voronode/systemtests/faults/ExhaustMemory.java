package io.voronode.systemtests.faults;

import java.time.Duration;
import java.util.List;

/** The leader of partition 0 has no heap left: it must end at once, not linger half dead, and is started again. */
final class ExhaustMemory implements Fault {
    /** Of a JVM that ends because of an OutOfMemoryError. */
    private static final int EXIT_CODE = 3;

    private static final String TERMINATING = "Terminating due to java.lang.OutOfMemoryError";
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private String victim = "";
    private long pidBefore;
    private long termBefore;
    private long logBefore;

    @Override
    public String name() {
        return "F12-oom";
    }

    @Override
    public String summary() {
        return "the leader of a partition runs out of memory";
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
        termBefore = scene.term(victim, 0);
        pidBefore = scene.pid(victim);
        logBefore = scene.process(victim).logBytes();
        scene.stage().crashes().exhaustHeap(scene.process(victim));
        scene.process(victim).awaitEnd(EXIT_CODE, TIMEOUT);
    }

    @Override
    public void heal(Scene scene) {
        scene.cluster().restart(victim);
    }

    @Override
    public String evidence(Scene scene) throws InterruptedException {
        List<String> last = scene.process(victim).logSince(logBefore).stream()
                .filter(line -> line.contains(TERMINATING))
                .toList();
        long term = scene.term(scene.leader(0), 0);
        if (last.isEmpty() || term <= termBefore) {
            throw new AssertionError("log of " + victim + " " + last + ", term " + termBefore + " now " + term);
        }
        return victim + " pid " + pidBefore + " ended with code " + EXIT_CODE + " and \"" + last.getFirst()
                + "\", pid now " + scene.pid(victim) + ", term " + termBefore + " now " + term;
    }
}
