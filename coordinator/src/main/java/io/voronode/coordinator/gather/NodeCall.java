package io.voronode.coordinator.gather;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.gather.Scatter.Demand;
import io.voronode.coordinator.route.CallTime;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.SearchRequest;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.internal.v1.ShardServiceGrpc;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Bug;
import io.voronode.wire.VoronodeException.TooLarge;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** All probes of one wave for one node, as one RPC, or as several where the answer of one is too large. */
record NodeCall(String node, String address, List<Probe> probes) {

    /** What came back. */
    sealed interface Answer {
        NodeCall call();

        /** Whether every probe was answered by a scan. */
        boolean isWhole();
    }

    /** One result per probe. */
    record Answered(NodeCall call, SearchResponse response) implements Answer {
        @Override
        public boolean isWhole() {
            return response.getResultsList().stream().allMatch(result -> result.getCode() == ProbeCode.PROBE_CODE_OK);
        }
    }

    /** None of the probes was answered. */
    record Failed(NodeCall call, VoronodeException failure) implements Answer {
        @Override
        public boolean isWhole() {
            return false;
        }
    }

    /**
     * What all calls of a wave have in common.
     *
     * @param demand of the search
     * @param ordinary whether its calls take about as long as those of other searches of one query
     */
    record Wave(ByteString collectionUuid, int generation, Demand demand, boolean ordinary) {}

    /** Calls the node; never throws what the node or the way to it is to blame for. */
    Answer send(Wave wave, Channels channels, AtomicInteger underWay) {
        underWay.incrementAndGet();
        try {
            SearchResponse response = search(wave, channels.to(address), probes);
            if (response.getResultsCount() != probes.size()) {
                return new Failed(
                        this, new Bug(response.getResultsCount() + " results for " + probes.size() + " probes", null));
            }
            return new Answered(this, response);
        } catch (StatusRuntimeException e) {
            return new Failed(this, Statuses.fromGrpc(e));
        } finally {
            underWay.decrementAndGet();
        }
    }

    /** Payloads take half of a message at most; many long keys of many shards may still be too much for the other half. */
    private static SearchResponse search(Wave wave, Channel channel, List<Probe> probes) {
        try {
            return ShardServiceGrpc.newBlockingStub(channel)
                    .withMaxOutboundMessageSize(Channels.MAX_INTERNAL_MESSAGE_BYTES)
                    .withDeadlineAfter(CallTime.attemptMs(), TimeUnit.MILLISECONDS)
                    .search(request(wave, probes));
        } catch (StatusRuntimeException e) {
            if (probes.size() == 1 || !(Statuses.fromGrpc(e) instanceof TooLarge)) {
                throw e;
            }
            int middle = probes.size() / 2;
            SearchResponse first = search(wave, channel, probes.subList(0, middle));
            SearchResponse second = search(wave, channel, probes.subList(middle, probes.size()));
            return first.toBuilder()
                    .mergeFrom(second)
                    .setLagMs(Math.max(first.getLagMs(), second.getLagMs()))
                    .build();
        }
    }

    private static SearchRequest request(Wave wave, List<Probe> probes) {
        SearchRequest.Builder request = SearchRequest.newBuilder()
                .setCollectionUuid(wave.collectionUuid())
                .setGeneration(wave.generation())
                .addAllAtLeast(wave.demand().atLeast())
                .setEf(wave.demand().ef())
                .setNowMs(wave.demand().nowMs())
                .setBackground(wave.demand().background())
                .setWithPayload(wave.demand().withPayload());
        if (wave.demand().exact()) {
            request.setEpsilon(Float.POSITIVE_INFINITY);
        }
        if (wave.demand().filter() != null) {
            request.setFilter(wave.demand().filter());
        }
        Map<QueryScan, Integer> places = new LinkedHashMap<>();
        for (Probe probe : probes) {
            int place = places.computeIfAbsent(probe.scan(), ignored -> places.size());
            request.addProbes(probe.toWire(place));
        }
        places.keySet().forEach(scan -> request.addQueries(scan.toWire()));
        return request.build();
    }
}
