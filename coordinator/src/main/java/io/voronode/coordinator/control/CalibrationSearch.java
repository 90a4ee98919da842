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
import java.util.stream.IntStream;

/**
 * Searches the shards of one generation, whether or not it serves, with the cells of a query in groups whose hits stay apart. One thread;
 * blocks. One call at a time goes to a node, where searches of users go before it.
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
    public List<List<List<Hit<String>>>> search(List<GroupedSearch> searches, Accuracy accuracy) {
        List<List<List<Hit<String>>>> hits = searches.stream()
                .map(search -> IntStream.range(0, search.groupCount())
                        .<List<Hit<String>>>mapToObj(group -> new ArrayList<>())
                        .toList())
                .toList();
        Map<String, NodeRequest> requests = new HashMap<>();
        for (int query = 0; query < searches.size(); query++) {
            for (int group = 0; group < searches.get(query).groupCount(); group++) {
                addProbes(searches, query, group, accuracy, requests);
            }
        }
        requests.forEach((address, request) -> request.send(address, hits));
        return hits;
    }

    private void addProbes(
            List<GroupedSearch> searches, int query, int group, Accuracy accuracy, Map<String, NodeRequest> requests) {
        GroupedSearch search = searches.get(query);
        Map<Integer, ShardProbe.Builder> byShard = new HashMap<>();
        for (int rank = search.groupStart(group); rank < search.groupEnd(group); rank++) {
            int cell = search.ranked().cells()[rank];
            byShard.computeIfAbsent(
                            map.shardOf(cell),
                            shard -> ShardProbe.newBuilder().setShard(shard).setQuery(query))
                    .addCells(cell)
                    .addCentroidDistances(search.ranked().distances()[rank]);
        }
        byShard.forEach((shard, probe) -> requests.computeIfAbsent(
                        address(shard), ignored -> new NodeRequest(searches, accuracy))
                .add(probe.build(), group));
    }

    private String address(int shard) {
        String address = addresses.get(shard);
        if (address == null) {
            throw new Unavailable("shard " + shard + " of generation " + generation + " has no ready replica");
        }
        return address;
    }

    private static QueryVector toWire(GroupedSearch query) {
        QueryVector.Builder wire = QueryVector.newBuilder()
                .setVector(VectorBytes.pack(query.vector()))
                .setK(query.k());
        if (query.bound() < Float.POSITIVE_INFINITY) {
            wire.setBound(query.bound());
        }
        return wire.build();
    }

    /** What one node is asked, and which group each of its probes belongs to. */
    private final class NodeRequest {
        private final SearchRequest.Builder request = SearchRequest.newBuilder();
        private final List<Integer> groups = new ArrayList<>();

        NodeRequest(List<GroupedSearch> searches, Accuracy accuracy) {
            request.setCollectionUuid(collectionUuid).setGeneration(generation).setBackground(true);
            searches.forEach(search -> request.addQueries(toWire(search)));
            if (accuracy == Accuracy.SURE) {
                request.setEpsilon(SURE_EPSILON);
            }
        }

        void add(ShardProbe probe, int group) {
            request.addProbes(probe);
            groups.add(group);
        }

        void send(String address, List<List<List<Hit<String>>>> hits) {
            SearchResponse response = send(address);
            for (int i = 0; i < groups.size(); i++) {
                ShardProbe probe = request.getProbes(i);
                ProbeResult result = response.getResults(i);
                if (result.getCode() != ProbeCode.PROBE_CODE_OK) {
                    throw new Unavailable("shard " + probe.getShard() + " of generation " + generation + " answers "
                            + result.getCode() + " " + result.getMessage());
                }
                List<Hit<String>> group = hits.get(probe.getQuery()).get(groups.get(i));
                result.getHitsList().forEach(hit -> group.add(new Hit<>(hit.getKey(), hit.getDistance())));
            }
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
