package io.voronode.systemtests.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Lives in a process of the product and takes all of its heap, for good: whoever needs memory next gets an OutOfMemoryError, a thread of the
 * product or the one here. Knows nothing of the test.
 */
public final class HogAgent {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final long PAUSE_NANOS = 1_000_000;

    private static final List<byte[]> HELD = new ArrayList<>();

    private HogAgent() {}

    /** In a process that runs. */
    public static void agentmain(String arguments) {
        Thread.ofPlatform().daemon().name("hog").start(HogAgent::takeAll);
    }

    private static void takeAll() {
        while (true) {
            try {
                HELD.add(new byte[CHUNK_BYTES]);
            } catch (OutOfMemoryError e) {
                // A process that goes on is to find nothing free, for as long as it lives.
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
