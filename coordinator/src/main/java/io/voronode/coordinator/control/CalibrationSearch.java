package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.voronode.engine.clustering.CalibratedIndex;
import io.voronode.engine.clustering.CellMap;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.ProbeResult;
import io.voronode.proto.internal.v1.QueryVector;
import io.voronode.proto.internal.v1.SearchRequest;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.internal.v1.ShardHit;
import io.voronode.proto.internal.v1.ShardProbe;
import io.voronode.proto.internal.v1.ShardServiceGrpc;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VectorBytes;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Searches the shards of one generation, whether or not it serves. One thread; blocks. One call at a time goes to a node, where searches of
 * users go before it.
 */
final class CalibrationSearch implements CalibratedIndex<String> {
    private static final long TIMEOUT_SECONDS = 60;
    /** Standard deviations: one true neighbour in 30 000 is lost to its estimate, and few vectors are compared for it. */
    private static final float SURE_EPSILON = 4;

    private final Channels channels;
    private final ByteString collectionUuid;
    private final int generation;
    private final CellMap map;
    private final Map<Integer, String> addresses;

    /**
     * Searches these replicas.
     *
     * @param addresses of a ready replica of each shard
     */
    CalibrationSearch(
            Channels channels, ByteString collectionUuid, int generation, CellMap map, Map<Integer, String> addresses) {
        this.channels = channels;
        this.collectionUuid = collectionUuid;
        this.generation = generation;
        this.map = map;
        this.addresses = Map.copyOf(addresses);
    }

    @Override
    public List<List<Hit<String>>> search(List<Scan> scans, Accuracy accuracy) {
        List<List<Hit<String>>> hits =
                scans.stream().<List<Hit<String>>>map(scan -> new ArrayList<>()).toList();
        Map<String, NodeRequest> requests = new HashMap<>();
        for (int query = 0; query < scans.size(); query++) {
            for (ShardProbe probe : probes(query, scans.get(query))) {
                requests.computeIfAbsent(address(probe.getShard()), ignored -> new NodeRequest(scans, accuracy))
                        .add(probe);
            }
        }
        requests.forEach((address, request) -> request.send(address, hits));
        return hits;
    }

    private List<ShardProbe> probes(int query, Scan scan) {
        Map<Integer, ShardProbe.Builder> byShard = new HashMap<>();
        for (int rank = 0; rank < scan.cells(); rank++) {
            int cell = scan.ranked().cells()[rank];
            byShard.computeIfAbsent(
                            map.shardOf(cell),
                            shard -> ShardProbe.newBuilder().setShard(shard).setQuery(query))
                    .addCells(cell)
                    .addCentroidDistances(scan.ranked().distances()[rank]);
        }
        return byShard.values().stream().map(ShardProbe.Builder::build).toList();
    }

    private String address(int shard) {
        String address = addresses.get(shard);
        if (address == null) {
            throw new Unavailable("shard " + shard + " of generation " + generation + " has no ready replica");
        }
        return address;
    }

    private static QueryVector toWire(Scan scan) {
        return QueryVector.newBuilder()
                .setVector(VectorBytes.pack(scan.vector()))
                .setK(scan.k())
                .build();
    }

    /** What one node is asked. */
    private final class NodeRequest {
        private final SearchRequest.Builder request = SearchRequest.newBuilder();

        NodeRequest(List<Scan> scans, Accuracy accuracy) {
            request.setCollectionUuid(collectionUuid).setGeneration(generation).setBackground(true);
            scans.forEach(scan -> request.addQueries(toWire(scan)));
            if (accuracy == Accuracy.SURE) {
                request.setEpsilon(SURE_EPSILON);
            }
        }

        void add(ShardProbe probe) {
            request.addProbes(probe);
        }

        void send(String address, List<List<Hit<String>>> hits) {
            SearchResponse response = send(address);
            for (int i = 0; i < request.getProbesCount(); i++) {
                ShardProbe probe = request.getProbes(i);
                ProbeResult result = response.getResults(i);
                if (result.getCode() != ProbeCode.PROBE_CODE_OK) {
                    throw new Unavailable("shard " + probe.getShard() + " of generation " + generation + " answers "
                            + result.getCode() + " " + result.getMessage());
                }
                List<Hit<String>> found = hits.get(probe.getQuery());
                result.getHitsList().forEach(hit -> found.add(hit(probe, hit)));
            }
        }

        private Hit<String> hit(ShardProbe probe, ShardHit hit) {
            if (!hit.hasCell()) {
                throw new Unavailable("shard " + probe.getShard() + " of generation " + generation
                        + " does not tell the cells of its hits");
            }
            return new Hit<>(hit.getKey(), hit.getDistance(), hit.getCell());
        }

        private SearchResponse send(String address) {
            try {
                return ShardServiceGrpc.newBlockingStub(channels.to(address))
                        .withMaxOutboundMessageSize(Channels.MAX_INTERNAL_MESSAGE_BYTES)
                        .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .search(request.build());
            } catch (StatusRuntimeException e) {
                throw Statuses.fromGrpc(e);
            }
        }
    }
}
