package io.voronode.systemtests.faults;

import java.time.Duration;

/** SIGTERM of the node that leads partition 0 and of a coordinator, under load: both end in order, and soon. */
final class Terminate implements Fault {
    private static final String CLOSED = " is closed";
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private String node = "";
    private String coordinator = "";
    private long logBefore;
    private Duration nodeTook = Duration.ZERO;
    private Duration coordinatorTook = Duration.ZERO;

    @Override
    public String name() {
        return "F12-term";
    }

    @Override
    public String summary() {
        return "SIGTERM of a leader, and of a coordinator, under load";
    }

    @Override
    public Duration limit() {
        return Duration.ofSeconds(5);
    }

    @Override
    public Duration duration() {
        return Duration.ofSeconds(5);
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        node = scene.leader(0);
        coordinator = scene.cluster().controller();
        logBefore = scene.process(node).logBytes();
        nodeTook = stop(scene, node);
        coordinatorTook = stop(scene, coordinator);
    }

    private static Duration stop(Scene scene, String name) throws InterruptedException {
        long start = System.nanoTime();
        scene.cluster().stop(name);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Override
    public void heal(Scene scene) {
        scene.cluster().restart(node);
        scene.cluster().restart(coordinator);
    }

    @Override
    public String evidence(Scene scene) {
        boolean closed = scene.process(node).logSince(logBefore).stream().anyMatch(line -> line.contains(CLOSED));
        String took = node + " ended after " + nodeTook.toMillis() + " ms, " + coordinator + " after "
                + coordinatorTook.toMillis() + " ms";
        if (!closed || nodeTook.compareTo(DRAIN) > 0 || coordinatorTook.compareTo(DRAIN) > 0) {
            throw new AssertionError(took + ", in the log of the node it was closed: " + closed);
        }
        return took + ", the node logged that it is closed";
    }
}
