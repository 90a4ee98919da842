package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.AssignResponse;
import io.voronode.proto.internal.v1.ChangePeersRequest;
import io.voronode.proto.internal.v1.ChangePeersResponse;
import io.voronode.proto.internal.v1.ControlRequest;
import io.voronode.proto.internal.v1.ControlResponse;
import io.voronode.proto.internal.v1.DescribeNodeRequest;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.Endpoints;
import io.voronode.proto.internal.v1.GetBlobRequest;
import io.voronode.proto.internal.v1.GetBlobResponse;
import io.voronode.proto.internal.v1.NodeAdminState;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.proto.internal.v1.NodeServiceGrpc;
import io.voronode.proto.internal.v1.PartitionMemory;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.ProbeResult;
import io.voronode.proto.internal.v1.QueryVector;
import io.voronode.proto.internal.v1.RecallClusterRequest;
import io.voronode.proto.internal.v1.RecallClusterResponse;
import io.voronode.proto.internal.v1.SamplePart;
import io.voronode.proto.internal.v1.SampleRequest;
import io.voronode.proto.internal.v1.SampleResponse;
import io.voronode.proto.internal.v1.SearchRequest;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.internal.v1.ShardAssignment;
import io.voronode.proto.internal.v1.ShardHit;
import io.voronode.proto.internal.v1.ShardProbe;
import io.voronode.proto.internal.v1.ShardServiceGrpc;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.wire.Channels;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.Statuses;
import io.voronode.wire.VectorBytes;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.NotLeader;
import io.voronode.wire.VoronodeException.Reason;
import io.voronode.wire.VoronodeException.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;

/** A node of the fake cluster: a real in-process gRPC server that answers from the model. */
final class FakeNode implements AutoCloseable {
    private static final int DIMENSION_LIMIT = 64;

    final String name;
    /** Of the disk; another one after it was replaced. */
    volatile String peerId = UUID.randomUUID().toString();

    private final String zone;
    private final String incarnation = UUID.randomUUID().toString();
    private final String address = "fake-" + UUID.randomUUID();
    private final FakeCluster cluster;
    private final Server server;
    /** Under what it asks to join again, because all that it holds is damaged; empty: nothing is. */
    volatile String rejoin = "";

    private AssignRequest assigned = AssignRequest.getDefaultInstance();
    /** Partitions that were opened here and not left. */
    private final Set<Integer> held = new TreeSet<>();

    /** While set, it goes on to hold what it has left. */
    boolean keepsLeft;

    int assignments;
    long lowestEpoch;

    FakeNode(FakeCluster cluster, String name, String zone) {
        this.cluster = cluster;
        this.name = name;
        this.zone = zone;
        try {
            server = InProcessServerBuilder.forName(address)
                    .addService(new Node())
                    .addService(new Partitions())
                    .addService(new Shards())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void register(CuratorFramework client, ClusterTree paths) {
        try {
            client.create()
                    .creatingParentsIfNeeded()
                    .forPath(paths.registeredNode(name), ClusterTree.encode(registration()));
            announce(client, paths);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private NodeRegistration registration() {
        return NodeRegistration.newBuilder()
                .setNode(name)
                .setZone(zone)
                .setState(NodeAdminState.NODE_ADMIN_STATE_ACTIVE)
                .build();
    }

    /** Says that it lives, as nodes do again when their ephemeral znode is gone. */
    void announce(CuratorFramework client, ClusterTree paths) throws Exception {
        client.create()
                .creatingParentsIfNeeded()
                .withMode(CreateMode.EPHEMERAL)
                .forPath(paths.liveNode(name, incarnation), ClusterTree.encode(liveness()));
    }

    private NodeLiveness liveness() {
        return NodeLiveness.newBuilder()
                .setNode(name)
                .setIncarnation(incarnation)
                .setEndpoints(Endpoints.newBuilder()
                        .setRpc(Channels.IN_PROCESS + address)
                        .setRaft("127.0.0.1:1"))
                .build();
    }

    AssignRequest assigned() {
        synchronized (cluster) {
            return assigned;
        }
    }

    /** The preferred one, once it votes, or else the first that votes. */
    private boolean leads(PartitionTarget target) {
        Set<String> voters = cluster.partition(target.getPartition()).voters.getLast();
        List<PartitionPeer> able = target.getPeersList().stream()
                .filter(peer -> voters.contains(peer.getPeerId())
                        && cluster.node(peer.getNode()).isAble(peer))
                .toList();
        return able.stream()
                .filter(peer -> peer.getNode().equals(target.getPreferredLeader()))
                .findFirst()
                .or(() -> able.stream().findFirst())
                .filter(leader -> leader.getNode().equals(name))
                .isPresent();
    }

    private boolean isAble(PartitionPeer peer) {
        return !silent && peerId.equals(peer.getPeerId()) && !isDamaged(peer);
    }

    private boolean isDamaged(PartitionPeer own) {
        return !rejoin.isEmpty() && !own.getRejoin().equals(rejoin);
    }

    private boolean leads(int partition) {
        return assigned.getPartitionsList().stream()
                .anyMatch(target -> target.getPartition() == partition && leads(target));
    }

    /** While set, it answers nothing, as if its process had died. */
    boolean silent;

    private void hold(AssignRequest request) {
        request.getPartitionsList().stream()
                .filter(target -> ownPeer(target).isPresent())
                .forEach(target -> held.add(target.getPartition()));
        if (!keepsLeft) {
            request.getLeftGroupsList().forEach(left -> held.remove(left.getPartition()));
        }
    }

    private DescribeNodeResponse describe() {
        cluster.tick();
        DescribeNodeResponse.Builder report = DescribeNodeResponse.newBuilder()
                .setNode(name)
                .setPeerId(peerId)
                .setVersion("fake")
                .setClusterUuid(assigned.getFormat().getClusterUuid())
                .setAssignmentEpoch(assigned.getEpoch());
        for (PartitionTarget target : assigned.getPartitionsList()) {
            ownPeer(target).ifPresent(peer -> report.addPartitions(status(target, peer)));
        }
        held.stream()
                .filter(partition ->
                        assigned.getPartitionsList().stream().noneMatch(target -> target.getPartition() == partition))
                .forEach(partition ->
                        report.addPartitions(cluster.partition(partition).status(false)));
        assigned.getShardsList().forEach(shard -> report.addShards(status(shard)));
        return report.build();
    }

    /** What the target says of this disk. */
    private Optional<PartitionPeer> ownPeer(PartitionTarget target) {
        return target.getPeersList().stream()
                .filter(peer -> peer.getPeerId().equals(peerId))
                .findFirst();
    }

    private PartitionStatus status(PartitionTarget target, PartitionPeer own) {
        boolean damaged = isDamaged(own);
        PartitionStatus status = cluster.partition(target.getPartition()).status(leads(target) && !damaged);
        return damaged
                ? status.toBuilder()
                        .setFailure("a file is damaged")
                        .setDamage("a file is damaged")
                        .setRejoin(rejoin)
                        .build()
                : status;
    }

    private RecallClusterResponse recall() {
        RecallClusterResponse.Builder memory = RecallClusterResponse.newBuilder()
                .setNode(name)
                .setPeerId(peerId)
                .setRegistration(registration())
                .setAssignment(assigned);
        for (PartitionTarget target : assigned.getPartitionsList()) {
            memory.addPartitions(PartitionMemory.newBuilder()
                    .setTarget(target)
                    .addAllDroppedCollections(cluster.partition(target.getPartition()).dropped));
        }
        return memory.build();
    }

    private ShardStatus status(ShardAssignment shard) {
        ByteString uuid = shard.getCollection().getUuid();
        ShardStatus.Builder status = ShardStatus.newBuilder()
                .setCollectionUuid(uuid)
                .setGeneration(shard.getGeneration())
                .setShard(shard.getShard());
        boolean late = shard.getGeneration() > 0;
        if (late && !cluster.shardFailure.isEmpty()) {
            status.setFailure(cluster.shardFailure);
        } else if (cluster.isStamped(uuid, shard.getGeneration()) && !isHeld(late)) {
            status.setReady(true)
                    .setCellVectors(cluster.cellVectors)
                    .setCellSquares((double) cluster.cellVectors * cluster.cellSquares);
            cluster.partitions().forEach(partition -> status.addWatermarks(partition.position()));
        }
        if (late && cluster.searchLoads.containsKey(shard.getShard())) {
            status.setSearchLoad(cluster.searchLoads.get(shard.getShard()));
        }
        return status.build();
    }

    private boolean isHeld(boolean late) {
        return late ? cluster.holdShards : cluster.holdFirstShards;
    }

    /** Runs under the cluster's lock. */
    private <T> void answer(StreamObserver<T> observer, Supplier<T> work) {
        T message;
        try {
            synchronized (cluster) {
                if (silent) {
                    throw new Unavailable("node " + name + " is silent");
                }
                message = work.get();
            }
        } catch (RuntimeException e) {
            observer.onError(Statuses.toGrpc(e));
            return;
        }
        observer.onNext(message);
        observer.onCompleted();
    }

    /** NodeService over the model. */
    private final class Node extends NodeServiceGrpc.NodeServiceImplBase {
        @Override
        public void assign(AssignRequest request, StreamObserver<AssignResponse> observer) {
            answer(observer, () -> {
                cluster.meet("ASSIGN", true);
                if (request.getEpoch() < lowestEpoch) {
                    throw new Conflict(Reason.STALE_EPOCH, "epoch " + request.getEpoch() + " < " + lowestEpoch);
                }
                lowestEpoch = request.getEpoch();
                assigned = request;
                cluster.assigned(request);
                hold(request);
                assignments++;
                return AssignResponse.getDefaultInstance();
            });
        }

        @Override
        public void recallCluster(RecallClusterRequest request, StreamObserver<RecallClusterResponse> observer) {
            answer(observer, FakeNode.this::recall);
        }

        @Override
        public void describeNode(DescribeNodeRequest request, StreamObserver<DescribeNodeResponse> observer) {
            answer(observer, () -> {
                cluster.meet("DESCRIBE", true);
                return describe();
            });
        }
    }

    /** PartitionService over the model. */
    private final class Partitions extends PartitionServiceGrpc.PartitionServiceImplBase {
        @Override
        public void control(ControlRequest request, StreamObserver<ControlResponse> observer) {
            answer(observer, () -> {
                if (!leads(request.getPartition())) {
                    throw new NotLeader("node " + name + " does not lead " + request.getPartition(), null);
                }
                cluster.control(request.getPartition(), request.getCommand());
                return ControlResponse.newBuilder()
                        .setPosition(cluster.partition(request.getPartition()).position())
                        .build();
            });
        }

        @Override
        public void changePeers(ChangePeersRequest request, StreamObserver<ChangePeersResponse> observer) {
            answer(observer, () -> {
                if (!leads(request.getPartition())) {
                    throw new NotLeader("node " + name + " does not lead " + request.getPartition(), null);
                }
                cluster.changePeers(request);
                return ChangePeersResponse.getDefaultInstance();
            });
        }

        @Override
        public void sample(SampleRequest request, StreamObserver<SampleResponse> observer) {
            if (isCancelledWhileHeld((ServerCallStreamObserver<SampleResponse>) observer)) {
                cluster.samplesCancelled.incrementAndGet();
                return;
            }
            answer(observer, () -> {
                cluster.meet("SAMPLE", true);
                if (cluster.refuseSamples) {
                    throw new NotFound("no sample today");
                }
                FakePartition.FakeCollection collection =
                        cluster.partition(request.getPartition()).collection(request.getCollectionUuid());
                SampleResponse.Builder sample = SampleResponse.newBuilder();
                Random random = new Random(request.getSeed() + request.getPartition());
                boolean heldOut = request.getPart() == SamplePart.SAMPLE_PART_HELD_OUT;
                long rows = heldOut ? collection.rows / 8 : collection.rows;
                for (int i = 0; i < Math.min(rows, request.getCount()); i++) {
                    sample.addVectors(VectorBytes.pack(vector(random, collection.spec.getDimension())));
                    if (request.getWithKeys()) {
                        sample.addKeys("row-" + i);
                    }
                }
                return sample.build();
            });
        }

        private boolean isCancelledWhileHeld(ServerCallStreamObserver<SampleResponse> observer) {
            while (cluster.holdSamples && !observer.isCancelled()) {
                ControlBed.pause();
            }
            return observer.isCancelled();
        }

        private static float[] vector(Random random, int dimension) {
            float[] vector = new float[Math.min(dimension, DIMENSION_LIMIT)];
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) random.nextGaussian();
            }
            return vector;
        }

        @Override
        public void getBlob(GetBlobRequest request, StreamObserver<GetBlobResponse> observer) {
            answer(observer, () -> {
                cluster.meet("GET_BLOB", true);
                var chunks = cluster.partition(request.getPartition()).blobs.get(request.getDigest());
                if (chunks == null) {
                    throw new NotFound("no such blob");
                }
                return GetBlobResponse.newBuilder()
                        .setContent(ByteString.copyFrom(chunks.values()))
                        .build();
            });
        }
    }

    /** ShardService over two cells: whatever the query, cell 0 holds every second of its neighbours and cell 1 the others. */
    private final class Shards extends ShardServiceGrpc.ShardServiceImplBase {
        @Override
        public void search(SearchRequest request, StreamObserver<SearchResponse> observer) {
            answer(observer, () -> {
                cluster.meet("SEARCH", true);
                if (cluster.refuseSearches) {
                    throw new Unavailable("no search today");
                }
                SearchResponse.Builder response = SearchResponse.newBuilder();
                request.getProbesList().forEach(probe -> response.addResults(scan(probe, request)));
                return response.build();
            });
        }

        private static ProbeResult scan(ShardProbe probe, SearchRequest request) {
            QueryVector query = request.getQueries(probe.getQuery());
            float bound = query.hasBound() ? query.getBound() : Float.MAX_VALUE;
            ProbeResult.Builder result = ProbeResult.newBuilder().setCode(ProbeCode.PROBE_CODE_OK);
            for (int i = 0; i < 2 * query.getK() && i <= bound && result.getHitsCount() < query.getK(); i++) {
                if (probe.getCellsList().contains(i % 2)) {
                    result.addHits(ShardHit.newBuilder()
                            .setKey("neighbour-" + i)
                            .setVersion(1)
                            .setDistance(i)
                            .setCell(i % 2));
                }
            }
            return result.build();
        }
    }

    @Override
    public void close() {
        synchronized (cluster) {
            silent = true;
        }
        server.shutdownNow();
    }
}
