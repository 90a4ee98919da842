package io.voronode.coordinator.control;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.image.ClusterImages;
import io.voronode.proto.internal.v1.ControllerServiceGrpc;
import io.voronode.proto.internal.v1.RecoverRequest;
import io.voronode.proto.v1.RecoverClusterRequest;
import io.voronode.proto.v1.RecoverClusterResponse;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Has the tree recovered by the controller: by this coordinator if it leads, else by the one that the tree names. Any thread; blocks. */
final class RecoveryCall {
    private static final long CONTROLLER_RETRY_MS = 50;
    /** Each time all nodes are asked for all that they remember. */
    private static final long RECOVERY_RETRY_MS = 500;

    private final Channels channels;
    private final ClusterImages images;
    private final Recoveries own;
    private final BooleanSupplier leads;
    private final Duration settling;

    RecoveryCall(Channels channels, ClusterImages images, Recoveries own, BooleanSupplier leads, Duration settling) {
        this.channels = channels;
        this.images = images;
        this.own = own;
        this.leads = leads;
        this.settling = settling;
    }

    /**
     * Blocks until it is done, or the time is over. Waits for a controller: one who asks for a recovery has often just lost the tree, and with
     * it what names the controller, which comes back by itself.
     *
     * @throws Conflict if it cannot be told what the tree should say
     * @throws Unavailable if no controller is known in time, or it stops being one
     */
    RecoverClusterResponse send(RecoverClusterRequest request, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        images.refreshTree();
        while (!leads.getAsBoolean()) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            Optional<String> controller = images.tree().controllerAddress();
            if (controller.isPresent()) {
                return sendTo(controller.get(), request, left);
            }
            if (!left.isPositive() || Context.current().isCancelled()) {
                throw new Unavailable("no controller was known to live within " + timeout.toMillis() + " ms");
            }
            pause(CONTROLLER_RETRY_MS, "a controller");
        }
        return here(request, Duration.ofNanos(end - System.nanoTime()));
    }

    private static void pause(long ms, String awaited) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("interrupted while waiting for " + awaited, e);
        }
    }

    /**
     * Only where this coordinator is the controller. What cannot be told may be told a moment later: nodes that were restarted or lost their
     * znodes come back one after the other, and elect leaders. Half of the time is kept for the recovery itself, and for saying why not.
     */
    RecoverClusterResponse here(RecoverClusterRequest request, Duration timeout) {
        long start = System.nanoTime();
        long patienceNanos = Math.min(settling.toNanos(), timeout.toNanos() / 2);
        while (true) {
            try {
                return own.ask(request.getDryRun(), timeout.minusNanos(System.nanoTime() - start), leads);
            } catch (Conflict e) {
                if (System.nanoTime() - start >= patienceNanos
                        || Context.current().isCancelled()) {
                    throw e;
                }
                pause(RECOVERY_RETRY_MS, "nodes to answer");
            }
        }
    }

    private RecoverClusterResponse sendTo(String address, RecoverClusterRequest request, Duration timeout) {
        try {
            return ControllerServiceGrpc.newBlockingStub(channels.to(address))
                    .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .recover(RecoverRequest.newBuilder().setRequest(request).build())
                    .getOutcome();
        } catch (StatusRuntimeException e) {
            throw Statuses.fromGrpc(e);
        }
    }
}
