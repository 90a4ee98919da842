package io.voronode.coordinator.control;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A few blocking calls at once, each on a virtual thread. */
final class Parallel {
    private Parallel() {}

    /** Runs all, waits for all, and returns what failed. Calls carry their own deadlines. */
    static List<RuntimeException> run(List<? extends Runnable> calls) {
        List<RuntimeException> failures = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> futures = new ArrayList<>();
            for (Runnable call : calls) {
                futures.add(executor.submit(call));
            }
            for (Future<?> future : futures) {
                await(future, failures);
            }
        }
        return failures;
    }

    /** As {@link #run}, and throws the first failure with the others attached. */
    static void runAll(List<? extends Runnable> calls) {
        List<RuntimeException> failures = run(calls);
        if (!failures.isEmpty()) {
            RuntimeException first = failures.getFirst();
            failures.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }

    private static void await(Future<?> future, List<RuntimeException> failures) {
        try {
            future.get();
        } catch (ExecutionException e) {
            failures.add(
                    e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause()));
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            failures.add(new Deposed("interrupted"));
        }
    }
}
