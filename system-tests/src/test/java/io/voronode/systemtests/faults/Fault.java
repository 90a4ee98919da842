package io.voronode.systemtests.faults;

import java.time.Duration;

/** Something that goes wrong in a cluster that is in use. Made for one run; one thread uses it. */
interface Fault {
    /** Letter, number, and a word where the number has several: {@code F2-all}. */
    String name();

    /** In one line, for people. */
    String summary();

    /** Why it cannot happen on this machine; empty where it can. */
    default String obstacle(Stage stage) {
        return "";
    }

    /** How many records make the collection of the traffic train: a number that it reaches while the fault is on its way. */
    default int trainAt() {
        return 1_000;
    }

    /** The longest time after {@link #inject} in which a write may have to wait, be it for whichever partition. */
    Duration limit();

    /** The longest time after {@link #heal} until everything is reachable and ready again. */
    default Duration healingLimit() {
        return Duration.ofMinutes(3);
    }

    /** How long it lasts, under traffic, before it is healed. */
    default Duration duration() {
        return Duration.ZERO;
    }

    /** Lets it happen; returns when it has. */
    void inject(Scene scene) throws InterruptedException;

    /** Ends it; what it broke may still be on its way back. */
    void heal(Scene scene) throws InterruptedException;

    /**
     * What shows that it happened and was more than a wish: asked for when all is well again.
     *
     * @throws AssertionError where nothing shows it
     */
    String evidence(Scene scene) throws InterruptedException;
}
