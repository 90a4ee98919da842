package io.voronode.coordinator.rpc;

import io.grpc.stub.StreamObserver;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.PartitionRouter;
import io.voronode.coordinator.verify.Finding;
import io.voronode.coordinator.verify.Replica;
import io.voronode.coordinator.verify.Verification;
import io.voronode.proto.v1.Difference;
import io.voronode.proto.v1.DifferenceKind;
import io.voronode.proto.v1.ReplicaRepair;
import io.voronode.proto.v1.VerifyCollectionRequest;
import io.voronode.proto.v1.VerifyCollectionResponse;
import io.voronode.proto.v1.VerifyProgress;
import io.voronode.proto.v1.VerifyServiceGrpc.VerifyServiceImplBase;
import io.voronode.proto.v1.VerifySummary;
import io.voronode.wire.Channels;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Overload;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/** VerifyService: runs a {@link Verification} step by step, and tells the client. */
final class VerifyRpc extends VerifyServiceImplBase {
    private static final long STEP_TIME_MS = 60_000;
    private static final long PROGRESS_NANOS = Duration.ofMillis(200).toNanos();
    private static final int AT_ONCE = 4;
    private static final int DEFAULT_DIFFERENCES = 100;
    private static final int MOST_DIFFERENCES = 10_000;
    private static final int DEFAULT_RATE = 20_000;

    private final Handlers handlers;
    private final Images images;
    private final Channels channels;
    private final PartitionRouter partitions;
    private final Semaphore running = new Semaphore(AT_ONCE);

    VerifyRpc(Handlers handlers, Images images, Channels channels, PartitionRouter partitions) {
        this.handlers = handlers;
        this.images = images;
        this.channels = channels;
        this.partitions = partitions;
    }

    @Override
    public void verifyCollection(VerifyCollectionRequest request, StreamObserver<VerifyCollectionResponse> observer) {
        EventStream<VerifyCollectionResponse> events = new EventStream<>(observer);
        if (!running.tryAcquire()) {
            events.fail(handlers, new Overload(AT_ONCE + " verifications are under way here", Duration.ofSeconds(5)));
            return;
        }
        events.serve(handlers, () -> {
            try {
                new Call(request, events).run();
            } finally {
                running.release();
            }
        });
    }

    /** One call; the thread that works for it owns it. */
    private final class Call implements Verification.Listener {
        private final EventStream<VerifyCollectionResponse> events;
        private final VerifyCollectionRequest request;
        private int differencesLeft;
        private long progressNanos = System.nanoTime() - PROGRESS_NANOS;

        Call(VerifyCollectionRequest request, EventStream<VerifyCollectionResponse> events) {
            this.events = events;
            this.differencesLeft = differences(request.getMaxDifferences());
            this.request = request;
        }

        private static int differences(int wanted) {
            if (wanted < 0 || wanted > MOST_DIFFERENCES) {
                throw new BadInput("max_differences = " + Integer.toUnsignedString(wanted) + " is not within 0 to "
                        + MOST_DIFFERENCES);
            }
            return wanted == 0 ? DEFAULT_DIFFERENCES : wanted;
        }

        private static int rate(int wanted) {
            if (wanted < 0) {
                throw new BadInput("records_per_second = " + Integer.toUnsignedString(wanted) + " is beyond 2^31 - 1");
            }
            return wanted == 0 ? DEFAULT_RATE : wanted;
        }

        void run() {
            Verification verification = handlers.part(STEP_TIME_MS, this::verification);
            while (handlers.part(STEP_TIME_MS, verification::step)) {
                handlers.requireOpen();
                events.requireClient();
                if (System.nanoTime() - progressNanos >= PROGRESS_NANOS) {
                    progressNanos = System.nanoTime();
                    events.send(progress(verification.progress()));
                }
            }
            events.send(progress(verification.progress()));
            events.send(summary(verification));
        }

        private Verification verification() {
            return Verification.of(
                    request.getCollection(),
                    images,
                    channels,
                    partitions,
                    request.getRepair(),
                    rate(request.getRecordsPerSecond()),
                    this);
        }

        private static VerifyCollectionResponse progress(Verification.Progress progress) {
            return VerifyCollectionResponse.newBuilder()
                    .setProgress(VerifyProgress.newBuilder()
                            .setCompared(progress.compared())
                            .setTotal(progress.total())
                            .setDifferences(progress.differences())
                            .setRound(progress.round()))
                    .build();
        }

        private static VerifyCollectionResponse summary(Verification verification) {
            Verification.Progress progress = verification.progress();
            Verification.Compared compared = verification.compared();
            return VerifyCollectionResponse.newBuilder()
                    .setSummary(VerifySummary.newBuilder()
                            .setCompared(progress.compared())
                            .setDifferences(progress.differences())
                            .setUnsettled(progress.unsettled())
                            .setRepaired(compared.repaired())
                            .setPartitionReplicas(compared.partitionReplicas())
                            .setShardReplicas(compared.shardReplicas()))
                    .build();
        }

        @Override
        public void found(Finding finding) {
            if (differencesLeft > 0) {
                differencesLeft--;
                events.send(VerifyCollectionResponse.newBuilder()
                        .setDifference(difference(finding))
                        .build());
            }
        }

        @Override
        public void repairing(Replica.OfShard replica, boolean done) {
            // What is found after a repair is the outcome, whatever was found before.
            differencesLeft = differences(request.getMaxDifferences());
            events.send(VerifyCollectionResponse.newBuilder()
                    .setRepair(ReplicaRepair.newBuilder()
                            .setGeneration(replica.generation())
                            .setShard(replica.shard())
                            .setNode(replica.node())
                            .setDone(done))
                    .build());
        }
    }

    private static Difference difference(Finding finding) {
        Difference.Builder difference = Difference.newBuilder()
                .setKind(kind(finding.kind()))
                .setKey(finding.key())
                .setNode(finding.replica().node())
                .setExpected(finding.expected())
                .setFound(finding.found());
        return switch (finding.replica()) {
            case Replica.OfPartition partition ->
                difference.setPartition(partition.partition()).build();
            case Replica.OfShard shard ->
                difference
                        .setGeneration(shard.generation())
                        .setShard(shard.shard())
                        .build();
        };
    }

    private static DifferenceKind kind(Finding.Kind kind) {
        return switch (kind) {
            case ROW_MISSING -> DifferenceKind.DIFFERENCE_KIND_ROW_MISSING;
            case ROW_EXTRA -> DifferenceKind.DIFFERENCE_KIND_ROW_EXTRA;
            case ROW_VERSION -> DifferenceKind.DIFFERENCE_KIND_ROW_VERSION;
            case ROW_CONTENT -> DifferenceKind.DIFFERENCE_KIND_ROW_CONTENT;
            case ROW_STAMP -> DifferenceKind.DIFFERENCE_KIND_ROW_STAMP;
            case ROW_NOT_LISTED -> DifferenceKind.DIFFERENCE_KIND_ROW_NOT_LISTED;
            case RECORD_MISSING -> DifferenceKind.DIFFERENCE_KIND_RECORD_MISSING;
            case RECORD_EXTRA -> DifferenceKind.DIFFERENCE_KIND_RECORD_EXTRA;
            case RECORD_VERSION -> DifferenceKind.DIFFERENCE_KIND_RECORD_VERSION;
            case RECORD_CELL -> DifferenceKind.DIFFERENCE_KIND_RECORD_CELL;
            case RECORD_DUPLICATE -> DifferenceKind.DIFFERENCE_KIND_RECORD_DUPLICATE;
            case REPLICA_NOT_COMPARED -> DifferenceKind.DIFFERENCE_KIND_REPLICA_NOT_COMPARED;
        };
    }
}
