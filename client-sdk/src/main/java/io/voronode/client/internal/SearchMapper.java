package io.voronode.client.internal;

import com.google.protobuf.ByteString;
import io.voronode.client.Coverage;
import io.voronode.client.Explanation;
import io.voronode.client.Filter;
import io.voronode.client.Hit;
import io.voronode.client.Query;
import io.voronode.client.SearchMode;
import io.voronode.client.SearchOptions;
import io.voronode.client.SearchResult;
import io.voronode.client.WhyNot;
import io.voronode.proto.v1.ConsistencyLevel;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.ShardExplanation;
import io.voronode.proto.v1.WaveExplanation;
import io.voronode.proto.v1.WhyNotReason;
import io.voronode.proto.v1.WhyNotResponse;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Searches, from and to their messages. Pure. */
final class SearchMapper {
    private SearchMapper() {}

    static io.voronode.proto.v1.Query query(Query query) {
        io.voronode.proto.v1.Query.Builder message = io.voronode.proto.v1.Query.newBuilder();
        if (query instanceof Query.OfVector vector) {
            message.setVector(CommonMapper.vector(vector.vector()));
        } else if (query instanceof Query.OfText text) {
            message.setText(text.text());
        }
        return message.build();
    }

    static SearchParams params(SearchOptions options, ConsistencyLevel level, ByteString token) {
        SearchParams.Builder params = SearchParams.newBuilder();
        if (options.targetRecall() != 0) {
            params.setTargetRecall(options.targetRecall());
        }
        params.setK(options.k())
                .setNprobe(options.nprobe())
                .setEf(options.ef())
                .setWithPayload(options.withPayload())
                .setWithDocument(options.withDocument())
                .setWithVector(options.withVector())
                .setConsistency(level)
                .setMinCoverage(options.minCoverage())
                .setExplain(options.explain())
                .setSessionToken(token);
        Filter filter = options.filter();
        if (filter != null) {
            params.setFilter(FilterMapper.filter(filter));
        }
        return params.build();
    }

    static SearchResult result(io.voronode.proto.v1.SearchResult result, com.google.protobuf.Duration lag) {
        return new SearchResult(
                result.getHitsList().stream().map(SearchMapper::hit).toList(),
                coverage(result.getCoverage()),
                result.hasExplanation() ? explanation(result.getExplanation()) : null,
                CommonMapper.duration(lag));
    }

    private static Hit hit(io.voronode.proto.v1.Hit hit) {
        return new Hit(
                hit.getKey(),
                hit.getDistance(),
                hit.getScore(),
                hit.getVersion(),
                hit.getPayload(),
                hit.hasDocument() ? CommonMapper.document(hit.getDocument()) : null,
                hit.hasVector() ? CommonMapper.vector(hit.getVector()) : null);
    }

    private static Coverage coverage(io.voronode.proto.v1.Coverage coverage) {
        return new Coverage(
                coverage.getShare(), coverage.getCellsWanted(), coverage.getCellsScanned(), coverage.getReasonsList());
    }

    private static Explanation explanation(io.voronode.proto.v1.Explanation message) {
        return new Explanation(
                message.getGeneration(),
                message.getCellsRanked(),
                message.getWavesList().stream().map(SearchMapper::wave).toList(),
                message.getCodesScanned(),
                message.getCodesRefined(),
                message.getVectorsScanned(),
                message.hasEstimatedRecall() ? OptionalDouble.of(message.getEstimatedRecall()) : OptionalDouble.empty(),
                message.getMode() == io.voronode.proto.v1.SearchMode.SEARCH_MODE_EXACT_FILTERED
                        ? SearchMode.EXACT_FILTERED
                        : SearchMode.CELLS,
                message.hasAccepted() ? OptionalLong.of(message.getAccepted()) : OptionalLong.empty(),
                CommonMapper.duration(message.getEmbedTime()),
                CommonMapper.duration(message.getRankTime()),
                CommonMapper.duration(message.getGatherTime()),
                CommonMapper.duration(message.getFetchTime()),
                CommonMapper.duration(message.getTotalTime()));
    }

    private static Explanation.Wave wave(WaveExplanation wave) {
        return new Explanation.Wave(
                wave.getCellsList(),
                wave.getShardsList().stream().map(SearchMapper::shard).toList());
    }

    private static Explanation.ShardWork shard(ShardExplanation shard) {
        Duration scanTime = CommonMapper.duration(shard.getScanTime());
        return new Explanation.ShardWork(
                shard.getShard(),
                shard.getNode(),
                shard.getCellsScanned(),
                shard.getCodesScanned(),
                shard.getCodesRefined(),
                shard.getVectorsScanned(),
                scanTime,
                shard.getExactFiltered());
    }

    static WhyNot whyNot(WhyNotResponse message) {
        return new WhyNot(
                reason(message.getReason()),
                message.hasDistance() ? OptionalDouble.of(message.getDistance()) : OptionalDouble.empty(),
                message.hasRank() ? OptionalInt.of(message.getRank()) : OptionalInt.empty(),
                message.hasFarthestHitDistance()
                        ? OptionalDouble.of(message.getFarthestHitDistance())
                        : OptionalDouble.empty(),
                message.hasCell() ? OptionalInt.of(message.getCell()) : OptionalInt.empty(),
                message.hasCellRank() ? OptionalInt.of(message.getCellRank()) : OptionalInt.empty(),
                explanation(message.getExplanation()));
    }

    private static WhyNot.Reason reason(WhyNotReason reason) {
        return switch (reason) {
            case WHY_NOT_REASON_FOUND -> WhyNot.Reason.FOUND;
            case WHY_NOT_REASON_NOT_LIVE -> WhyNot.Reason.NOT_LIVE;
            case WHY_NOT_REASON_NOT_VISIBLE -> WhyNot.Reason.NOT_VISIBLE;
            case WHY_NOT_REASON_FILTERED_OUT -> WhyNot.Reason.FILTERED_OUT;
            case WHY_NOT_REASON_BEATEN -> WhyNot.Reason.BEATEN;
            case WHY_NOT_REASON_CELL_NOT_SCANNED -> WhyNot.Reason.CELL_NOT_SCANNED;
            case WHY_NOT_REASON_LOST_TO_CODES -> WhyNot.Reason.LOST_TO_CODES;
            case WHY_NOT_REASON_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalStateException("the server gives a reason that this client does not know: " + reason);
        };
    }
}
