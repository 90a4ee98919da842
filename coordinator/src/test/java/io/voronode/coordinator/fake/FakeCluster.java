package io.voronode.coordinator.fake;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.voronode.coordinator.image.CellMapStore;
import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.image.GenerationImage;
import io.voronode.coordinator.image.NodeImage;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.engine.simd.Distances;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.Endpoints;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.ProbeResult;
import io.voronode.proto.internal.v1.QueryVector;
import io.voronode.proto.internal.v1.SearchRequest;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.internal.v1.ShardHit;
import io.voronode.proto.internal.v1.ShardProbe;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.wire.VectorBytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A few {@link FakeNode}s, the partitions that they hold, and one collection. Shards see every write at once. */
public final class FakeCluster implements AutoCloseable {
    public static final String COLLECTION = "articles";

    private final CollectionSpec spec;
    private final Map<String, FakeNode> nodes = new TreeMap<>();
    private final List<FakePartition> partitions = new ArrayList<>();
    private final TreeMap<Integer, GenerationImage> generations = new TreeMap<>();
    private final Set<String> changed = ConcurrentHashMap.newKeySet();
    private final Set<String> hidden = ConcurrentHashMap.newKeySet();
    private volatile Predicate<String> filter = key -> true;
    private final Set<String> unindexed = ConcurrentHashMap.newKeySet();
    private final Set<String> lostToCodes = ConcurrentHashMap.newKeySet();
    private int replicas = 1;

    /** Nodes node-0, node-1, …; each holds every partition; partition p is led by node p mod nodeCount. */
    private volatile Runnable afterSearch = () -> {};

    private volatile boolean readsAhead;
    private volatile int payloadBytes = Integer.MAX_VALUE;
    /** Calls of the model that embeds texts. */
    public final AtomicInteger embeddings = new AtomicInteger();

    public FakeCluster(int nodeCount, int partitionCount, Metric metric, int dimension) {
        spec = CollectionSpec.newBuilder()
                .setUuid(ByteString.copyFromUtf8("0123456789abcdef"))
                .setName(COLLECTION)
                .setDimension(dimension)
                .setMetric(metric.wireNumber())
                .setIndexKind(2)
                .setModel("letters")
                .build();
        for (int i = 0; i < nodeCount; i++) {
            nodes.put("node-" + i, new FakeNode("node-" + i, this));
        }
        for (int p = 0; p < partitionCount; p++) {
            FakePartition partition = new FakePartition(p, "node-" + p % nodeCount);
            partition.know(spec.getUuid(), true);
            partitions.add(partition);
        }
        begin(0, CellMap.single(metric, dimension));
    }

    public CollectionSpec spec() {
        return spec;
    }

    public FakeNode node(int number) {
        FakeNode node = nodes.get("node-" + number);
        if (node == null) {
            throw new IllegalArgumentException("no node " + number);
        }
        return node;
    }

    public List<FakeNode> nodes() {
        return List.copyOf(nodes.values());
    }

    public FakePartition partition(int number) {
        return partitions.get(number);
    }

    public List<FakePartition> partitions() {
        return List.copyOf(partitions);
    }

    /** Reads by key do not find these any more; shards still do. */
    public void hideFromReads(List<String> keys) {
        hidden.addAll(keys);
    }

    /** Reads by key find another record under this key than the shards know, as after a write between a search and a read. */
    public void changeForReads(String key) {
        changed.add(key);
    }

    boolean isChanged(String key) {
        return changed.contains(key);
    }

    /** Shards do not know this one yet; reads by key do. */
    public void hideFromShards(String key) {
        unindexed.add(key);
    }

    /** Searches by codes do not find these any more; exact ones still do. */
    public void loseToCodes(String key) {
        lostToCodes.add(key);
    }

    /** Replicas that are read know more than the shards that were searched before. */
    public void setReadsAhead(boolean ahead) {
        readsAhead = ahead;
    }

    /** Payloads of one answer of a node take so many bytes at most. */
    public void setPayloadBytes(int bytes) {
        payloadBytes = bytes;
    }

    /** What shards take any filter to mean: which keys it accepts. */
    public void setFilter(Predicate<String> accepted) {
        filter = accepted;
    }

    /** What happens when a node has searched, before its answer is on the way. */
    public void afterSearch(Runnable event) {
        afterSearch = event;
    }

    boolean readsAhead() {
        return readsAhead;
    }

    boolean isHidden(String key) {
        return hidden.contains(key);
    }

    boolean holds(String node, int partition) {
        return nodes.containsKey(node) && partition < partitions.size();
    }

    /** So many replicas of each shard in images made from now on. */
    public void setReplicas(int count) {
        replicas = count;
    }

    /** Begins a generation in all partitions and knows it in images made from now on. */
    public void begin(int number, CellMap map) {
        partitions.forEach(partition -> partition.begin(number, CellMapStore.digestOf(map)));
        know(number, map);
    }

    /** Knows a generation in images made from now on. */
    public void know(int number, CellMap map) {
        generations.put(number, generation(number, map, null));
    }

    /** Knows a calibration of a generation in images made from now on. */
    public void calibrate(int number, CellMap map, ProbeCalibration calibration) {
        generations.put(number, generation(number, map, calibration));
    }

    /** Images made from now on do not know the generation. */
    public void forget(int number) {
        generations.remove(number);
    }

    private GenerationImage generation(int number, CellMap map, @Nullable ProbeCalibration calibration) {
        List<ShardTarget> targets = new ArrayList<>();
        for (int shard = 0; shard < map.shardCount(); shard++) {
            ShardTarget.Builder target = ShardTarget.newBuilder().setShard(shard);
            for (int r = 0; r < replicas; r++) {
                target.addReplicas("node-" + (shard + r) % nodes.size());
            }
            targets.add(target.build());
        }
        GenerationNode node = GenerationNode.newBuilder()
                .setGeneration(number)
                .setCellMapDigest(CellMapStore.digestOf(map))
                .setCellCount(map.cellCount())
                .setShardCount(map.shardCount())
                .build();
        return new GenerationImage(node, map, calibration, targets);
    }

    /** The cluster with this generation serving. */
    public ClusterImage image(int serving) {
        return image(Map.of(COLLECTION, new CollectionImage(spec, false, false, serving, generations)));
    }

    /** The cluster with these collections. */
    public ClusterImage image(Map<String, CollectionImage> collections) {
        Map<String, NodeImage> images = new HashMap<>();
        nodes.forEach((name, node) -> images.put(
                name,
                new NodeImage(
                        NodeRegistration.newBuilder().setNode(name).build(),
                        NodeLiveness.newBuilder()
                                .setNode(name)
                                .setEndpoints(Endpoints.newBuilder().setRpc(node.address()))
                                .build())));
        List<PartitionTarget> targets = new ArrayList<>();
        for (int p = 0; p < partitions.size(); p++) {
            PartitionTarget.Builder target =
                    PartitionTarget.newBuilder().setPartition(p).setPreferredLeader("node-" + p % nodes.size());
            nodes.keySet()
                    .forEach(name -> target.addPeers(PartitionPeer.newBuilder().setNode(name)));
            targets.add(target.build());
        }
        return new ClusterImage("cluster", partitions.size(), images, Map.of(), null, targets, collections, Set.of());
    }

    SearchResponse search(SearchRequest request, String node, Map<Integer, ProbeCode> codes) {
        SearchResponse.Builder response = SearchResponse.newBuilder();
        for (ShardProbe probe : request.getProbesList()) {
            ProbeCode code = codes.getOrDefault(probe.getShard(), ProbeCode.PROBE_CODE_OK);
            response.addResults(
                    code == ProbeCode.PROBE_CODE_OK
                            ? scan(request, probe)
                            : ProbeResult.newBuilder()
                                    .setCode(code)
                                    .setMessage("ordered by the test on " + node)
                                    .build());
        }
        partitions.forEach(partition -> response.addSeen(partition.position()));
        response.setLagMs(7);
        keepNearest(request, response);
        afterSearch.run();
        return response.build();
    }

    /** Of each query, the k nearest among all its probes, as a node does. */
    private void keepNearest(SearchRequest request, SearchResponse.Builder response) {
        AtomicInteger payloadRoom = new AtomicInteger(payloadBytes);
        for (int i = 0; i < request.getProbesCount(); i++) {
            int query = request.getProbes(i).getQuery();
            double farthest = IntStream.range(0, request.getProbesCount())
                    .filter(other -> request.getProbes(other).getQuery() == query)
                    .mapToObj(response::getResults)
                    .flatMap(result -> result.getHitsList().stream())
                    .mapToDouble(ShardHit::getDistance)
                    .sorted()
                    .limit(request.getQueries(query).getK())
                    .max()
                    .orElse(0);
            ProbeResult.Builder result = response.getResultsBuilder(i);
            if (result.getHitsCount() > 0) {
                result.setCompleteTo((float) farthest);
            }
            List<ShardHit> near = result.getHitsList().stream()
                    .filter(hit -> hit.getDistance() <= farthest)
                    .map(hit -> payloadRoom.addAndGet(-hit.getPayload().length()) >= 0
                            ? hit
                            : hit.toBuilder()
                                    .clearPayload()
                                    .setPayloadLeftOut(true)
                                    .build())
                    .toList();
            result.clearHits().addAllHits(near);
        }
    }

    private ProbeResult scan(SearchRequest request, ShardProbe probe) {
        QueryVector query = request.getQueries(probe.getQuery());
        Metric metric = Metric.ofWireNumber(spec.getMetric());
        float[] vector = VectorBytes.unpack(query.getVector());
        Predicate<FakePartition.StoredRow> accepts =
                stored -> !request.hasFilter() || filter.test(stored.row().getKey());
        List<FakePartition.StoredRow> records = records(request, probe.getShard());
        long accepted = records.stream().filter(accepts).count();
        boolean exact = request.hasFilter() && accepted <= probe.getExactLimit();
        List<ShardHit> hits = new ArrayList<>();
        for (FakePartition.StoredRow stored : records) {
            if (accepts.test(stored) && (exact || isIn(stored, request.getGeneration(), probe))) {
                float[] other = VectorBytes.unpack(stored.row().getVector());
                if (metric == Metric.COSINE) {
                    Vectors.normalize(other);
                }
                hits.add(ShardHit.newBuilder()
                        .setKey(stored.row().getKey())
                        .setVersion(stored.row().getVersion())
                        .setDistance(Distances.distance(metric, vector, other))
                        .setPayload(request.getWithPayload() ? stored.row().getPayload() : "")
                        .build());
            }
        }
        return ProbeResult.newBuilder()
                .setCode(ProbeCode.PROBE_CODE_OK)
                .addAllHits(hits.stream()
                        .sorted(Comparator.comparingDouble(ShardHit::getDistance)
                                .thenComparing(ShardHit::getKey))
                        .limit(query.getK())
                        .toList())
                .setVectorsScanned(hits.size())
                .setCodesScanned(3L * hits.size())
                .setCodesRefined(2L * hits.size())
                .setRecords(records.size())
                .setAccepted(accepted)
                .setExactFiltered(exact)
                .setScanTime(Durations.fromMicros(5))
                .build();
    }

    private List<FakePartition.StoredRow> records(SearchRequest request, int shard) {
        return partitions.stream()
                .flatMap(partition -> partition.rows().stream())
                .filter(stored -> stored.stamps().stream()
                        .anyMatch(
                                stamp -> stamp.getGeneration() == request.getGeneration() && stamp.getShard() == shard))
                .filter(stored -> finds(stored.row().getKey(), request))
                .toList();
    }

    private boolean finds(String key, SearchRequest request) {
        boolean exact = request.getEpsilon() == Float.POSITIVE_INFINITY;
        return !unindexed.contains(key) && (exact || !lostToCodes.contains(key));
    }

    private static boolean isIn(FakePartition.StoredRow stored, int generation, ShardProbe probe) {
        for (Stamp stamp : stored.stamps()) {
            if (stamp.getGeneration() == generation
                    && stamp.getShard() == probe.getShard()
                    && probe.getCellsList().contains(stamp.getCell())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        nodes.values().forEach(FakeNode::close);
    }
}
