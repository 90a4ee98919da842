package io.voronode.coordinator.control;

import io.voronode.coordinator.control.RecoverySteps.Step;
import io.voronode.coordinator.image.CellMapStore;
import io.voronode.coordinator.image.ClusterImages;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.v1.RecoverClusterResponse;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.Reason;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the tree to where the nodes are, when a user asks for it. Users' threads ask and wait; the controller's thread does it, between two
 * passes, so that nothing else acts on a tree that is half recovered. What is written carries an epoch above all that nodes have obeyed: for
 * that the controller first takes such a one.
 */
final class Recoveries {
    private static final Logger LOG = LoggerFactory.getLogger(Recoveries.class);

    private final ClusterImages images;
    private final NodeProbe probe;
    private final Queue<Request> waiting = new ConcurrentLinkedQueue<>();
    private volatile Runnable onRequest = () -> {};

    private record Request(boolean dryRun, CompletableFuture<RecoverClusterResponse> answer) {}

    Recoveries(ClusterImages images, NodeProbe probe) {
        this.images = images;
        this.probe = probe;
    }

    /** Calls back when somebody asks. */
    void onRequest(Runnable listener) {
        onRequest = listener;
    }

    /**
     * Waits for the controller of this coordinator to do it.
     *
     * @param leads whether this coordinator is the controller
     * @throws Conflict if it cannot be told what the tree should say
     * @throws Unavailable if this coordinator is not the controller
     */
    RecoverClusterResponse ask(boolean dryRun, Duration timeout, BooleanSupplier leads) {
        Request request = new Request(dryRun, new CompletableFuture<>());
        waiting.add(request);
        // Only now: who stops leading refuses those that wait after that.
        if (!leads.getAsBoolean()) {
            waiting.remove(request);
            throw new Unavailable("this coordinator is not the controller");
        }
        onRequest.run();
        try {
            return request.answer().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof VoronodeException known
                    ? known
                    : new VoronodeException.Bug("recovering the cluster tree failed", e.getCause());
        } catch (TimeoutException e) {
            throw new DeadlineExceeded("the cluster tree was not recovered within " + timeout.toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("interrupted while the cluster tree was recovered", e);
        } finally {
            waiting.remove(request);
        }
    }

    /** Nobody leads here any more. */
    void refuseAll() {
        for (Request request = waiting.poll(); request != null; request = waiting.poll()) {
            request.answer().completeExceptionally(new Unavailable("this coordinator is not the controller any more"));
        }
    }

    /**
     * Does what was asked for; by the controller's thread.
     *
     * @return the epoch that has to be exceeded before; 0: all is done
     * @throws Deposed if the epoch is over
     * @throws TreeChanged when something was changed: what else is to be done is to be seen in another look
     */
    long serve(Pass pass) {
        for (Request request = waiting.peek(); request != null; request = waiting.peek()) {
            boolean changed = false;
            try {
                Optional<RecoverClusterResponse> done = recover(pass, request.dryRun());
                if (done.isEmpty()) {
                    return Recollection.highestEpoch(pass.reports());
                }
                request.answer().complete(done.get());
                changed = done.get().getApplied();
            } catch (Deposed e) {
                throw e;
            } catch (TreeChanged e) {
                request.answer()
                        .completeExceptionally(new Conflict(
                                Reason.NOT_POSSIBLE_NOW, "the cluster tree has changed meanwhile; try again: " + e));
            } catch (RuntimeException e) {
                request.answer().completeExceptionally(e);
            }
            waiting.remove(request);
            if (changed) {
                throw new TreeChanged("the cluster tree was recovered");
            }
        }
        return 0;
    }

    /** Empty if a higher epoch is needed. */
    private Optional<RecoverClusterResponse> recover(Pass pass, boolean dryRun) {
        Recollection known = new Recollection(pass.tree(), pass.reports(), probe.recall(pass.liveNodes()));
        CellMapStore maps = images.cellMapsOf(partition -> holders(pass, partition));
        RecoveredTree wanted = TreeRecovery.of(
                known,
                (spec, digest, partition) -> {
                    try {
                        return Optional.of(maps.map(spec, digest, partition));
                    } catch (VoronodeException e) {
                        LOG.warn("the cell map of collection \"{}\" cannot be had: {}", spec.getName(), e.getMessage());
                        return Optional.empty();
                    }
                },
                pass.nowMs());
        List<Step> steps = RecoverySteps.between(pass.paths(), pass.tree(), wanted);
        long obeyed = Recollection.highestEpoch(pass.reports());
        if (!dryRun
                && (obeyed > pass.fence().epoch()
                        || (!steps.isEmpty() && obeyed == pass.fence().epoch()))) {
            return Optional.empty();
        }
        if (!dryRun && !steps.isEmpty()) {
            pass.fence().ensureFolders();
            steps.forEach(step -> RecoverySteps.commit(step, pass.fence()));
            LOG.warn("the cluster tree was recovered from what the nodes hold, in {} steps", steps.size());
        }
        return Optional.of(answer(pass, wanted, steps, dryRun));
    }

    private static List<String> holders(Pass pass, int partition) {
        List<String> nodes = new ArrayList<>();
        pass.reports().leaderNode(partition).ifPresent(nodes::add);
        nodes.addAll(pass.reports().byNode().keySet());
        return nodes.stream()
                .distinct()
                .filter(node -> pass.reports().replica(node, partition).isPresent())
                .map(node -> pass.tree().live().get(node))
                .flatMap(Stream::ofNullable)
                .map(NodeLiveness::getEndpoints)
                .map(endpoints -> endpoints.getRpc())
                .toList();
    }

    private static RecoverClusterResponse answer(Pass pass, RecoveredTree wanted, List<Step> steps, boolean dryRun) {
        RecoverClusterResponse.Builder answer = RecoverClusterResponse.newBuilder()
                .setClusterUuid(Uuids.hex(wanted.format().getClusterUuid()))
                .setPartitionCount(wanted.format().getPartitionCount())
                .addAllNotes(steps.isEmpty() ? List.of() : wanted.notes())
                .setApplied(!dryRun && !steps.isEmpty())
                .setEpoch(pass.fence().epoch());
        steps.forEach(step -> answer.addAllChanges(RecoverySteps.messages(step)));
        return answer.build();
    }
}
