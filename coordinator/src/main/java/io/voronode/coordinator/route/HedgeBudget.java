package io.voronode.coordinator.route;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many calls may be sent a second time: one for every two that are sent, and a few at once. So hedges make at most half as much work again,
 * whatever is slow. Any thread may ask.
 */
public final class HedgeBudget {
    private static final int EARNED_BY_CALL = 1;
    private static final int COST_OF_HEDGE = 2;
    private static final int MOST = 40;

    private final AtomicInteger tokens = new AtomicInteger(MOST);

    /** A call that may be hedged is sent. */
    public void earn() {
        tokens.updateAndGet(present -> Math.min(MOST, present + EARNED_BY_CALL));
    }

    /** Whether a call may be sent once more. */
    public boolean spend() {
        return tokens.getAndUpdate(present -> present < COST_OF_HEDGE ? present : present - COST_OF_HEDGE)
                >= COST_OF_HEDGE;
    }
}
