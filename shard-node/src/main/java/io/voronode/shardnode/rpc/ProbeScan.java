package io.voronode.shardnode.rpc;

import io.voronode.engine.search.TopHits;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.ProbeResult;
import io.voronode.proto.internal.v1.ShardHit;
import io.voronode.shardnode.shard.Damage;
import io.voronode.shardnode.shard.PayloadRoom;
import io.voronode.shardnode.shard.PublishedIndex;
import io.voronode.shardnode.shard.ShardReplica;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of one probe of a call. First the thread that scans it says how that went; then, when all probes of its query have been
 * scanned, one thread reads the records of its hits; then the call's thread takes the result.
 */
final class ProbeScan {
    private static final Logger LOG = LoggerFactory.getLogger(ProbeScan.class);

    private ProbeResult.Builder result = failure("the scan broke off");
    private @Nullable Found found;

    /**
     * What a scan found. It counts only when the records have been read.
     *
     * @param rest of the result, all but the hits
     */
    private record Found(ShardReplica replica, PublishedIndex index, TopHits hits, ProbeResult.Builder rest) {}

    /**
     * The shard was scanned.
     *
     * @param rest of the result, all but the hits
     */
    void scanned(ShardReplica replica, PublishedIndex index, TopHits hits, ProbeResult.Builder rest) {
        found = new Found(replica, index, hits, rest);
    }

    /** The shard was not scanned. */
    void refused(ProbeCode code) {
        result = ProbeResult.newBuilder().setCode(code);
    }

    /** The scan broke off. */
    void failed(String message) {
        result = failure(message);
        found = null;
    }

    /** The scan broke off, for what may be damage of the files. */
    void failed(ShardReplica replica, Throwable error) {
        LOG.warn("a scan of shard {} failed", replica.id(), error);
        if (Damage.caused(error)) {
            replica.damaged(error);
        }
        failed(error.getClass().getSimpleName() + ": " + error.getMessage());
    }

    private static ProbeResult.Builder failure(String message) {
        return ProbeResult.newBuilder().setCode(ProbeCode.PROBE_CODE_FAILED).setMessage(message);
    }

    /** How many hits there are, nearest first. */
    int size() {
        return found == null ? 0 : found.hits().size();
    }

    float distance(int rank) {
        return found == null ? Float.POSITIVE_INFINITY : found.hits().distances()[rank];
    }

    /** Reads the records of so many of the nearest hits, and of no others; false where that failed, and the scan with it. */
    boolean read(int count, PayloadRoom payloads) {
        Found present = found;
        if (present == null) {
            return true;
        }
        try {
            List<ShardHit> hits = present.index().hits(present.hits().nearest(count), payloads);
            result = present.rest().setCode(ProbeCode.PROBE_CODE_OK).clearHits().addAllHits(hits);
            return true;
        } catch (IOException | RuntimeException | Error e) {
            // A mapped file that cannot be read is an InternalError.
            failed(present.replica(), e);
            return false;
        }
    }

    /** Says how far the hits that were read are all that there are. */
    void completeTo(int k, float bound) {
        int read = result.getHitsCount();
        if (found == null || (read == size() && size() < k && bound == Float.POSITIVE_INFINITY)) {
            return;
        }
        float next = read < size() ? distance(read) : size() < k ? Float.POSITIVE_INFINITY : distance(size() - 1);
        result.setCompleteTo(Math.min(bound, next));
    }

    /** With the hits that were read. */
    ProbeResult.Builder result() {
        return result;
    }
}
