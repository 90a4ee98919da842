package io.voronode.coordinator.delete;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.gather.FilterMatches;
import io.voronode.coordinator.gather.FilterMatches.Match;
import io.voronode.coordinator.gather.FilterMatches.Matches;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.rows.Freshness;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.coordinator.validate.Limits;
import io.voronode.coordinator.validate.QueryRules;
import io.voronode.coordinator.write.PreparedWrite;
import io.voronode.coordinator.write.RecordWriter;
import io.voronode.coordinator.write.Unindexed;
import io.voronode.coordinator.write.WriteAnswer;
import io.voronode.coordinator.write.WriteIdentity;
import io.voronode.proto.v1.ConsistencyLevel;
import io.voronode.proto.v1.Filter;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordResult;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Deletes the records that a filter matches, a bounded number at a time:
 *
 * <ol>
 *   <li>a barrier in every partition, so that every write acknowledged before the call counts;
 *   <li>the records that match there, from the index, which finds few among very many without reading the rows ({@link FilterMatches});
 *   <li>deletes of these, each only where the record still has the version that matched. What was written meanwhile stays.
 * </ol>
 *
 * Any thread may call.
 */
public final class FilterDeletes {
    private final Images images;
    private final Freshness freshness;
    private final FilterMatches matches;
    private final RecordWriter writer;

    public FilterDeletes(Images images, Freshness freshness, FilterMatches matches, RecordWriter writer) {
        this.images = images;
        this.freshness = freshness;
        this.matches = matches;
        this.writer = writer;
    }

    /**
     * What became of the records that match.
     *
     * @param matched how many did
     * @param changed how many of those that were found were written or deleted by others before their turn
     * @param more whether matching records are left that were not tried, or could not be reached
     * @param token contains the deletes and what the caller had seen before
     * @param unindexed the deletes that searches may not see yet; empty where none were to be made
     */
    public record Deleted(
            long matched,
            long deleted,
            long changed,
            boolean more,
            SessionToken token,
            Optional<Unindexed> unindexed) {}

    /**
     * Deletes some of the records that match, or all.
     *
     * @param limit how many; 0 for as many as one call may
     * @throws Unavailable if not all shards can be asked, or none of the records could be reached
     */
    public Deleted delete(CollectionImage collection, Filter filter, int limit, SessionToken token) {
        if (limit < 0 || limit > Limits.FILTER_DELETES) {
            throw new BadInput(
                    "limit = " + Integer.toUnsignedString(limit) + " is not within 0 to " + Limits.FILTER_DELETES);
        }
        Matches found = find(collection, filter, limit == 0 ? Limits.FILTER_DELETES : limit, token);
        PreparedWrite write = writer.prepareDeletes(
                collection,
                found.some().stream().map(Match::key).toList(),
                found.some().stream().map(Match::version).toList(),
                WriteIdentity.of(ByteString.EMPTY, List.of()));
        return deleted(found, writer.send(write, found.seen()));
    }

    /** How many records match; deletes none. */
    public Deleted count(CollectionImage collection, Filter filter, SessionToken token) {
        Matches found = find(collection, filter, 1, token);
        return new Deleted(found.count(), 0, 0, found.count() > 0, found.seen(), Optional.empty());
    }

    private Matches find(CollectionImage collection, Filter filter, int limit, SessionToken token) {
        QueryRules.requireFilter(filter);
        List<Integer> partitions =
                IntStream.range(0, images.current().partitionCount()).boxed().toList();
        SessionToken required = freshness.required(ConsistencyLevel.CONSISTENCY_LEVEL_STRONG, token, partitions);
        return matches.find(collection, filter, limit, required);
    }

    private static Deleted deleted(Matches found, WriteAnswer answer) {
        long deleted = count(answer, RecordCode.RECORD_CODE_OK);
        long changed = count(answer, RecordCode.RECORD_CODE_CONDITION_FAILED);
        boolean allReached = deleted + changed == found.some().size();
        if (!allReached && deleted + changed == 0) {
            RecordResult first = answer.results().getFirst();
            throw new Unavailable("none of " + found.some().size() + " matching records could be deleted, the first: "
                    + first.getMessage());
        }
        boolean more = !allReached || found.count() > found.some().size();
        return new Deleted(found.count(), deleted, changed, more, answer.token(), Optional.of(answer.unindexed()));
    }

    private static long count(WriteAnswer answer, RecordCode code) {
        return answer.results().stream()
                .filter(result -> result.getCode() == code)
                .count();
    }
}
