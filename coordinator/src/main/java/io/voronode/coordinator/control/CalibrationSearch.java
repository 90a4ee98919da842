package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.RankedCells;
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
import java.util.stream.IntStream;

/**
 * Searches the shards of one generation, whether or not it serves, with the cells of a query in groups whose hits stay apart. One thread;
 * blocks. One call at a time goes to a node, so that searches of users find threads free.
 */
final class CalibrationSearch {
    private static final long TIMEOUT_SECONDS = 60;

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

    /**
     * One query.
     *
     * @param k hits wanted of each group and shard
     * @param bound hits beyond this internal distance are not wanted; +∞ for none
     * @param groupEnds rank behind the last cell of each group, ascending; the first group begins at rank 0
     */
    @SuppressWarnings("ArrayRecordComponent") // a request, read once and never compared
    record GroupedQuery(float[] vector, int k, float bound, RankedCells ranked, int[] groupEnds) {
        private int groupStart(int group) {
            return group == 0 ? 0 : groupEnds[group - 1];
        }
    }

    /**
     * The hits of each query by group, in no order.
     *
     * @throws io.voronode.wire.VoronodeException if a shard did not answer
     */
    List<List<List<ShardHit>>> hits(List<GroupedQuery> queries) {
        List<List<List<ShardHit>>> hits = queries.stream()
                .map(query -> IntStream.range(0, query.groupEnds().length)
                        .<List<ShardHit>>mapToObj(group -> new ArrayList<>())
                        .toList())
                .toList();
        Map<String, NodeRequest> requests = new HashMap<>();
        for (int query = 0; query < queries.size(); query++) {
            for (int group = 0; group < queries.get(query).groupEnds().length; group++) {
                addProbes(queries, query, group, requests);
            }
        }
        requests.forEach((address, request) -> request.send(address, hits));
        return hits;
    }

    private void addProbes(List<GroupedQuery> queries, int query, int group, Map<String, NodeRequest> requests) {
        GroupedQuery asked = queries.get(query);
        Map<Integer, ShardProbe.Builder> byShard = new HashMap<>();
        for (int rank = asked.groupStart(group); rank < asked.groupEnds()[group]; rank++) {
            int cell = asked.ranked().cells()[rank];
            byShard.computeIfAbsent(
                            map.shardOf(cell),
                            shard -> ShardProbe.newBuilder().setShard(shard).setQuery(query))
                    .addCells(cell)
                    .addCentroidDistances(asked.ranked().distances()[rank]);
        }
        byShard.forEach((shard, probe) -> requests.computeIfAbsent(address(shard), ignored -> new NodeRequest(queries))
                .add(probe.build(), group));
    }

    private String address(int shard) {
        String address = addresses.get(shard);
        if (address == null) {
            throw new Unavailable("shard " + shard + " of generation " + generation + " has no ready replica");
        }
        return address;
    }

    private static QueryVector toWire(GroupedQuery query) {
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

        NodeRequest(List<GroupedQuery> queries) {
            request.setCollectionUuid(collectionUuid).setGeneration(generation);
            queries.forEach(query -> request.addQueries(toWire(query)));
        }

        void add(ShardProbe probe, int group) {
            request.addProbes(probe);
            groups.add(group);
        }

        void send(String address, List<List<List<ShardHit>>> hits) {
            SearchResponse response = send(address);
            for (int i = 0; i < groups.size(); i++) {
                ShardProbe probe = request.getProbes(i);
                ProbeResult result = response.getResults(i);
                if (result.getCode() != ProbeCode.PROBE_CODE_OK) {
                    throw new Unavailable("shard " + probe.getShard() + " of generation " + generation + " answers "
                            + result.getCode() + " " + result.getMessage());
                }
                hits.get(probe.getQuery()).get(groups.get(i)).addAll(result.getHitsList());
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
