package io.voronode.coordinator.verify;

import io.voronode.coordinator.verify.Finding.Kind;
import io.voronode.proto.internal.v1.DigestRowsRequest;
import io.voronode.proto.internal.v1.DigestRowsResponse;
import io.voronode.proto.internal.v1.ListRecordsRequest;
import io.voronode.proto.internal.v1.ListRecordsResponse;
import io.voronode.wire.VoronodeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The replicas of one round over a collection: asks them, and leaves out for the rest of the round those that do not answer, for nothing is
 * proven about them any more. Any thread may use it.
 */
final class Comparing {
    private final Copies copies;
    private final Map<Replica, String> given = new HashMap<>();
    private final Set<Replica> answered = new HashSet<>();

    Comparing(Copies copies) {
        this.copies = copies;
    }

    Copies copies() {
        return copies;
    }

    /** Empty where the replica does not say, now or before. */
    Optional<DigestRowsResponse> rows(Replica.OfPartition replica, DigestRowsRequest request) {
        if (isGiven(replica)) {
            return Optional.empty();
        }
        try {
            DigestRowsResponse response = copies.rows(replica.node(), request);
            answered(replica);
            return Optional.of(response);
        } catch (VoronodeException e) {
            give(replica, e);
            return Optional.empty();
        }
    }

    /** Empty where the replica does not say, now or before. */
    Optional<ListRecordsResponse> records(Replica.OfShard replica, ListRecordsRequest request, Layout layout) {
        if (isGiven(replica)) {
            return Optional.empty();
        }
        try {
            ListRecordsResponse response = copies.records(replica.node(), request);
            answered(replica);
            return Optional.of(response);
        } catch (VoronodeException e) {
            requireSame(layout);
            give(replica, e);
            return Optional.empty();
        }
    }

    /** Whoever has seen something that another layout would explain asks for it. */
    void requireSame(Layout layout) {
        if (!copies.layout().equals(layout)) {
            throw new LayoutChanged();
        }
    }

    private synchronized boolean isGiven(Replica replica) {
        return given.containsKey(replica);
    }

    private synchronized void answered(Replica replica) {
        answered.add(replica);
    }

    private synchronized void give(Replica replica, VoronodeException why) {
        given.putIfAbsent(replica, String.valueOf(why.getMessage()));
    }

    /** One finding for each replica that was left out since the last call of this. */
    synchronized List<Finding> takeGiven(Collection<Replica> told) {
        List<Finding> findings = new ArrayList<>();
        given.forEach((replica, why) -> {
            if (told.add(replica)) {
                findings.add(new Finding(Kind.REPLICA_NOT_COMPARED, "", replica, "an answer", why));
            }
        });
        return findings;
    }

    synchronized int partitionReplicas() {
        return (int) answered.stream()
                .filter(replica -> replica instanceof Replica.OfPartition && !given.containsKey(replica))
                .count();
    }

    synchronized int shardReplicas() {
        return (int) answered.stream()
                .filter(replica -> replica instanceof Replica.OfShard && !given.containsKey(replica))
                .count();
    }
}
