package io.voronode.coordinator.gather;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.voronode.coordinator.gather.NodeCall.Answer;
import io.voronode.coordinator.gather.NodeCall.Wave;
import io.voronode.coordinator.route.CallTime;
import io.voronode.coordinator.route.Fanout;
import io.voronode.coordinator.route.ShardReplicas;
import io.voronode.coordinator.route.ShardReplicas.Replica;
import io.voronode.wire.Channels;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call to a node, and to other replicas of the same shards as well where its node takes longer than they nearly always do: a node that
 * collects garbage, or has a slow disk or a long way, then does not make the search slow. The first whole answer counts, what is still under
 * way behind it is cancelled. A replica that loses so several times in a row rests.
 *
 * <p>Of nodes that are alike it takes one call in twenty longer than nineteen. Nothing is sent twice where the others have as many calls under
 * way as the node has, nor beyond the {@link io.voronode.coordinator.route.HedgeBudget}.
 */
final class HedgedCall {
    private static final Logger LOG = LoggerFactory.getLogger(HedgedCall.class);
    /** Less is not worth a second call. */
    private static final long SHORTEST_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final int LOSSES_BEFORE_REST = 3;

    private final Wave wave;
    private final Channels channels;
    private final ShardReplicas replicas;
    private final NodeCall call;
    private final List<NodeCall> others;

    /**
     * What came of it.
     *
     * @param answers that together are about each probe once
     * @param alsoTried calls that were not answered well either
     */
    record Outcome(List<Answer> answers, List<NodeCall> alsoTried) {}

    /**
     * Not sent yet.
     *
     * @param others that together ask for the same probes at other nodes; empty where there are none, and where the wave is not ordinary: then
     *     it is a plain call
     */
    HedgedCall(Wave wave, Channels channels, ShardReplicas replicas, NodeCall call, List<NodeCall> others) {
        this.wave = wave;
        this.channels = channels;
        this.replicas = replicas;
        this.call = call;
        this.others = List.copyOf(others);
    }

    /** Blocks until it is answered: by its node, or by all of the others. */
    Outcome send() {
        OptionalLong patience = patience();
        if (patience.isEmpty()) {
            return new Outcome(List.of(send(call)), List.of());
        }
        replicas.hedges().earn();
        long begun = System.nanoTime();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
                Attempt first = new Attempt(executor, List.of(call))) {
            if (first.endsWithin(patience.getAsLong()) || !mayHedge()) {
                return new Outcome(first.answers(), List.of());
            }
            try (Attempt second = new Attempt(executor, others)) {
                others.forEach(
                        other -> other.probes().forEach(probe -> probe.scan().hedged()));
                return race(first, second, begun);
            }
        }
    }

    private Outcome race(Attempt first, Attempt second, long begun) {
        Attempt.awaitAny(first, second);
        if (!first.isWhole() && !second.isWhole()) {
            Attempt.awaitBoth(first, second);
        }
        if (first.isWhole()) {
            return new Outcome(first.answers(), List.of());
        }
        if (second.isWhole()) {
            noteLoss(System.nanoTime() - begun);
            return new Outcome(second.answers(), List.of());
        }
        return new Outcome(first.answers(), others);
    }

    private void noteLoss(long nanos) {
        int inARow = replicas.times().lost(wave.collectionUuid(), call.node(), nanos);
        if (inARow >= LOSSES_BEFORE_REST) {
            call.probes()
                    .forEach(probe -> replicas.rest(
                            new Replica(wave.collectionUuid(), wave.generation(), probe.shard(), call.node())));
        }
    }

    /** Until the others would have answered; empty where nothing is to be asked twice. */
    private OptionalLong patience() {
        long longest = SHORTEST_PATIENCE_NANOS;
        for (NodeCall other : others) {
            OptionalLong usual = replicas.times().usual(wave.collectionUuid(), other.node());
            if (usual.isEmpty()) {
                return usual;
            }
            longest = Math.max(longest, usual.getAsLong());
        }
        return others.isEmpty() ? OptionalLong.empty() : OptionalLong.of(longest);
    }

    private boolean mayHedge() {
        int own = replicas.load(call.node()).get();
        return others.stream().allMatch(other -> replicas.load(other.node()).get() < own)
                && replicas.hedges().spend();
    }

    private Answer send(NodeCall one) {
        long begun = System.nanoTime();
        Answer answer = one.send(wave, channels, replicas.load(one.node()));
        if (wave.ordinary() && answer.isWhole()) {
            replicas.times().answered(wave.collectionUuid(), one.node(), System.nanoTime() - begun);
        }
        return answer;
    }

    /** Calls that are under way side by side; closing cancels those that are not answered. */
    private final class Attempt implements AutoCloseable {
        private final CancellableContext context = Context.current().withCancellation();
        private final CompletableFuture<List<Answer>> answers;

        Attempt(ExecutorService executor, List<NodeCall> calls) {
            answers = CompletableFuture.supplyAsync(
                            () -> Fanout.map(calls, HedgedCall.this::send), context.fixedContextExecutor(executor))
                    .whenComplete((ignored, bug) -> {
                        if (bug != null) {
                            LOG.warn("calls of a search broke off", bug);
                        }
                    });
        }

        boolean endsWithin(long nanos) {
            try {
                answers.get(nanos, TimeUnit.NANOSECONDS);
                return true;
            } catch (TimeoutException e) {
                return false;
            } catch (ExecutionException e) {
                return true;
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }

        private static void awaitAny(Attempt one, Attempt other) {
            await(CompletableFuture.anyOf(one.answers, other.answers));
        }

        private static void awaitBoth(Attempt one, Attempt other) {
            await(CompletableFuture.allOf(one.answers, other.answers));
        }

        private static void await(CompletableFuture<?> end) {
            try {
                end.get();
            } catch (ExecutionException e) {
                // Its attempt is not whole.
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }

        private static RuntimeException interrupted() {
            Thread.currentThread().interrupt();
            return CallTime.overError("waiting for shards");
        }

        List<Answer> answers() {
            await(answers);
            try {
                return answers.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw e;
            }
        }

        boolean isWhole() {
            return answers.isDone()
                    && !answers.isCompletedExceptionally()
                    && answers.join().stream().allMatch(Answer::isWhole);
        }

        @Override
        public void close() {
            context.cancel(null);
        }
    }
}
