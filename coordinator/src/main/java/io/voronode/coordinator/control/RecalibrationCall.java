package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.proto.internal.v1.ControllerServiceGrpc;
import io.voronode.proto.internal.v1.RecalibrateRequest;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VectorBytes;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Asks the controller for a new calibration: this coordinator if it leads, else the one that the tree names. Any thread; blocks. */
final class RecalibrationCall {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Channels channels;
    private final Supplier<TreeSnapshot> tree;
    private final Recalibrations own;

    RecalibrationCall(Channels channels, Supplier<TreeSnapshot> tree, Recalibrations own) {
        this.channels = channels;
        this.tree = tree;
        this.own = own;
    }

    /** Whether the controller will do it. */
    boolean send(ByteString uuid, int generation, ByteString calibrationDigest, List<float[]> queries) {
        TreeSnapshot now = tree.get();
        if (now.epoch() == null) {
            throw new Unavailable("the cluster has no controller yet");
        }
        RecalibrateRequest.Builder request = RecalibrateRequest.newBuilder()
                .setEpoch(now.epoch().value().getEpoch())
                .setCollectionUuid(uuid)
                .setGeneration(generation)
                .setCalibrationDigest(calibrationDigest);
        queries.forEach(query -> request.addQueries(VectorBytes.pack(query)));
        return own.isOpen()
                ? own.offer(request.build())
                : send(
                        now.controllerAddress().orElseThrow(() -> new Unavailable("no controller is known to live")),
                        request.build());
    }

    private boolean send(String address, RecalibrateRequest request) {
        try {
            return ControllerServiceGrpc.newBlockingStub(channels.to(address))
                    .withDeadlineAfter(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .recalibrate(request)
                    .getAccepted();
        } catch (StatusRuntimeException e) {
            throw Statuses.fromGrpc(e);
        }
    }
}
