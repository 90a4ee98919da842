package io.voronode.coordinator.verify;

import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.image.GenerationImage;
import io.voronode.coordinator.route.Backoff;
import io.voronode.coordinator.route.CallTime;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.PartitionRouter;
import io.voronode.proto.internal.v1.DigestRowsRequest;
import io.voronode.proto.internal.v1.DigestRowsResponse;
import io.voronode.proto.internal.v1.ListRecordsRequest;
import io.voronode.proto.internal.v1.ListRecordsResponse;
import io.voronode.proto.internal.v1.NodeServiceGrpc;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.RebuildShardRequest;
import io.voronode.proto.internal.v1.ShardServiceGrpc;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The copies of a collection in the cluster, asked over gRPC. A node that does not answer well is asked again, some times. */
final class ClusterCopies implements Copies {
    private static final int ATTEMPTS = 6;

    private final CollectionImage collection;
    private final Images images;
    private final Channels channels;
    private final PartitionRouter partitions;

    ClusterCopies(CollectionImage collection, Images images, Channels channels, PartitionRouter partitions) {
        this.collection = collection;
        this.images = images;
        this.channels = channels;
        this.partitions = partitions;
    }

    @Override
    public Layout layout() {
        images.tryRefresh();
        GenerationImage serving = images.same(collection).servingGeneration();
        return new Layout(
                collection.spec().getUuid(),
                serving.node().getGeneration(),
                images.current().partitions().stream()
                        .map(ClusterCopies::voters)
                        .toList(),
                serving.shards().stream()
                        .map(ShardTarget::getReplicasList)
                        .map(List::copyOf)
                        .toList());
    }

    private static List<String> voters(PartitionTarget target) {
        return target.getPeersList().stream()
                .filter(peer -> !peer.getJoining())
                .map(PartitionPeer::getNode)
                .sorted(Comparator.comparing(node -> !node.equals(target.getPreferredLeader())))
                .toList();
    }

    @Override
    public Position barrier(int partition) {
        return partitions.barrier(partition);
    }

    @Override
    public DigestRowsResponse rows(String node, DigestRowsRequest request) {
        return ask(
                node,
                address -> PartitionServiceGrpc.newBlockingStub(channels.to(address))
                        .withDeadlineAfter(CallTime.attemptMs(), TimeUnit.MILLISECONDS)
                        .digestRows(request));
    }

    @Override
    public ListRecordsResponse records(String node, ListRecordsRequest request) {
        return ask(node, address -> {
            ListRecordsResponse response = ShardServiceGrpc.newBlockingStub(channels.to(address))
                    .withDeadlineAfter(CallTime.attemptMs(), TimeUnit.MILLISECONDS)
                    .listRecords(request);
            if (response.getCode() != ProbeCode.PROBE_CODE_OK) {
                throw refused(node, request, response.getCode());
            }
            return response;
        });
    }

    private static VoronodeException refused(String node, ListRecordsRequest request, ProbeCode code) {
        String shard = "shard " + request.getShard() + " of generation " + request.getGeneration();
        return switch (code) {
            case PROBE_CODE_NOT_HOSTED ->
                new Conflict(VoronodeException.Reason.NOT_HOSTED, "node " + node + " does not hold " + shard);
            case PROBE_CODE_GENERATION_ENDED ->
                new Conflict(VoronodeException.Reason.NOT_POSSIBLE_NOW, "the generation of " + shard + " has ended");
            case PROBE_CODE_BEHIND -> new Unavailable(shard + " on node " + node + " does not catch up");
            case PROBE_CODE_NOT_READY -> new Unavailable(shard + " on node " + node + " is being built");
            case PROBE_CODE_OK, PROBE_CODE_FAILED, PROBE_CODE_UNSPECIFIED, UNRECOGNIZED ->
                new Unavailable(shard + " on node " + node + " answers " + code);
        };
    }

    @Override
    public void rebuild(String node, RebuildShardRequest request) {
        var _ = ask(
                node,
                address -> NodeServiceGrpc.newBlockingStub(channels.to(address))
                        .withDeadlineAfter(CallTime.attemptMs(), TimeUnit.MILLISECONDS)
                        .rebuildShard(request));
    }

    private <R> R ask(String node, Function<String, R> call) {
        Backoff backoff = new Backoff();
        for (int attempt = 1; ; attempt++) {
            VoronodeException failure;
            try {
                return call.apply(images.current()
                        .rpcAddress(node)
                        .orElseThrow(() -> new Unavailable("node " + node + " is not known to live")));
            } catch (StatusRuntimeException | VoronodeException e) {
                failure = Statuses.fromGrpc(e);
            }
            if (!failure.retryable() || attempt == ATTEMPTS || !backoff.pause()) {
                throw failure;
            }
            images.tryRefresh();
        }
    }
}
