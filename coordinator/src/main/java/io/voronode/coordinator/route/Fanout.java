package io.voronode.coordinator.route;

import io.grpc.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/** Runs blocking calls side by side, one on the calling thread and each other on a virtual thread of its own under the caller's gRPC context. */
public final class Fanout {
    private Fanout() {}

    /**
     * Applies the task to every input and waits for all of them; the first failure in order is thrown when all have ended.
     *
     * @return the results in the order of the inputs
     */
    public static <T, R> List<R> map(List<T> inputs, Function<? super T, ? extends R> task) {
        if (inputs.isEmpty()) {
            return List.of();
        }
        if (inputs.size() == 1) {
            return List.of(task.apply(inputs.getFirst()));
        }
        Context context = Context.current();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<R>> futures = new ArrayList<>(inputs.size());
            for (T input : inputs.subList(0, inputs.size() - 1)) {
                futures.add(executor.submit(context.wrap(() -> task.apply(input))));
            }
            FutureTask<R> own = new FutureTask<>(() -> task.apply(inputs.getLast()));
            own.run();
            futures.add(own);
            return results(futures);
        }
    }

    private static <R> List<R> results(List<Future<R>> futures) {
        List<R> results = new ArrayList<>(futures.size());
        for (Future<R> future : futures) {
            results.add(result(future));
        }
        return results;
    }

    private static <R> R result(Future<R> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("a parallel call failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CallTime.overError("waiting for parallel calls");
        }
    }
}
