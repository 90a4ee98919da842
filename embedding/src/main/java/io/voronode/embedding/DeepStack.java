package io.voronode.embedding;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Runs native code that recurses deeply. ONNX Runtime recursed some 12 000 frames deep when it made its environment; the megabyte of stack of
 * a virtual thread's carrier overflowed, which ended the process without a word.
 */
final class DeepStack {
    private static final long STACK_BYTES = 64L << 20;

    private DeepStack() {}

    /** What may be run. */
    interface Task<T> {
        T run() throws EmbeddingException;
    }

    /** Runs the task on a platform thread of its own and waits for it, whether or not this thread is interrupted meanwhile. */
    static <T> T call(Task<T> task) throws EmbeddingException {
        FutureTask<T> future = new FutureTask<>(task::run);
        Thread thread = new Thread(null, future, "voronode-model-loading", STACK_BYTES);
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static EmbeddingException rethrown(@Nullable Throwable cause) {
        return switch (cause) {
            case EmbeddingException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> throw new IllegalStateException(cause);
        };
    }
}
