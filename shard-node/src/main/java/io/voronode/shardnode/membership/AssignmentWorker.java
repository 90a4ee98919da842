package io.voronode.shardnode.membership;

import io.voronode.proto.internal.v1.AssignRequest;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works towards the newest assignment on a thread of its own, and again after a failure. What came in between is skipped. Does nothing
 * before the first assignment: a node that has never been told anything drops nothing.
 */
public final class AssignmentWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AssignmentWorker.class);
    private static final long RETRY_MS = 1_000;
    private static final long CLOSE_MS = 10_000;

    /** One pass; may be repeated. */
    @FunctionalInterface
    public interface Pass {
        void run(AssignRequest assignment) throws Exception;
    }

    private final Assignments assignments;
    private final Pass pass;
    private final Semaphore wanted = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    public AssignmentWorker(Assignments assignments, Pass pass) {
        this.assignments = assignments;
        this.pass = pass;
        this.thread = Thread.ofPlatform().name("assignment").unstarted(this::work);
        thread.start();
    }

    /** There may be something new. */
    public void wake() {
        wanted.release();
    }

    private void work() {
        boolean again = false;
        while (!closed) {
            try {
                if (again) {
                    wanted.tryAcquire(RETRY_MS, TimeUnit.MILLISECONDS);
                } else {
                    wanted.acquire();
                }
                wanted.drainPermits();
                again = !closed && !succeeds(assignments.current());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private boolean succeeds(AssignRequest assignment) throws InterruptedException {
        if (assignment.equals(AssignRequest.getDefaultInstance())) {
            return true;
        }
        try {
            pass.run(assignment);
            return true;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            LOG.warn("the assignment of epoch {} is not done yet and is tried again", assignment.getEpoch(), e);
            return false;
        }
    }

    /** Ends after the pass that is running. */
    @Override
    public void close() {
        closed = true;
        wanted.release();
        try {
            if (!thread.join(java.time.Duration.ofMillis(CLOSE_MS))) {
                LOG.warn("a pass over the assignment did not end in {} ms", CLOSE_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
