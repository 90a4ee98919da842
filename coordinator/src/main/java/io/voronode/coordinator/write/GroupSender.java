package io.voronode.coordinator.write;

import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.route.Backoff;
import io.voronode.coordinator.route.CallTime;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.PartitionRouter;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.WriteRequest;
import io.voronode.proto.internal.v1.WriteResponse;
import io.voronode.proto.internal.v1.WriteResult;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Bug;
import io.voronode.wire.VoronodeException.NotFound;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends a group to the leader of its partition until every operation is applied or refused for good, or no time is left. What the
 * partition refuses as STALE_MAP is stamped for the generations that it names; what it refuses because it does not know the
 * collection waits for the image: gone there, the call is NOT_FOUND; else the partition has yet to learn of it.
 */
final class GroupSender {
    private static final int UNKNOWN_COLLECTION_ATTEMPTS = 8;

    private final PartitionRouter partitions;
    private final Images images;
    private final Stamper stamper;

    GroupSender(PartitionRouter partitions, Images images, Stamper stamper) {
        this.partitions = partitions;
        this.images = images;
        this.stamper = stamper;
    }

    /**
     * Sends a group and answers its records.
     *
     * @return what was applied
     * @throws NotFound if the collection has been dropped
     */
    List<Applied> send(CollectionImage collection, Group group, Results results) {
        Sending sending = new Sending(collection, group, results);
        try {
            sending.run();
        } catch (NotFound e) {
            throw e;
        } catch (VoronodeException e) {
            sending.pending.forEach(draft -> results.failed(draft.place(), e));
        }
        return sending.applied;
    }

    /** The state of one group on its way; of one thread. */
    private final class Sending {
        private final CollectionImage collection;
        private final Group group;
        private final Results results;
        private final Backoff backoff = new Backoff();
        private final List<Applied> applied = new ArrayList<>();
        private List<Draft> pending;
        private int unknownAttempts;

        Sending(CollectionImage collection, Group group, Results results) {
            this.collection = collection;
            this.group = group;
            this.results = results;
            this.pending = group.drafts();
        }

        void run() {
            boolean first = true;
            while (!pending.isEmpty()) {
                if (!first && !backoff.pause()) {
                    throw CallTime.overError("writing to partition " + group.partition());
                }
                first = false;
                attempt();
            }
        }

        private void attempt() {
            WriteRequest request = request();
            WriteResponse response;
            try {
                response = partitions.leader(group.partition(), stub -> stub.write(request));
            } catch (NotFound e) {
                collectionUnknown();
                return;
            }
            if (response.getResultsCount() != pending.size()) {
                throw new Bug(
                        "partition " + group.partition() + " answered " + response.getResultsCount() + " results for "
                                + pending.size() + " operations",
                        null);
            }
            take(response);
        }

        private WriteRequest request() {
            RequestOperations.Builder operations = RequestOperations.newBuilder()
                    .setRequestId(group.requestId())
                    .setCollectionUuid(collection.spec().getUuid());
            pending.forEach(draft -> operations.addOperations(draft.stamped()));
            return WriteRequest.newBuilder()
                    .setPartition(group.partition())
                    .setOperations(operations)
                    .build();
        }

        private void take(WriteResponse response) {
            List<Draft> stale = new ArrayList<>();
            List<Draft> unknown = new ArrayList<>();
            for (int i = 0; i < pending.size(); i++) {
                Draft draft = pending.get(i);
                WriteResult result = response.getResults(i);
                switch (result.getCode()) {
                    case WRITE_CODE_APPLIED -> applied(draft, result, response.getPosition());
                    case WRITE_CODE_CONDITION_FAILED -> conditionFailed(draft, result, response.getPosition());
                    case WRITE_CODE_NOT_FOUND -> notFound(draft, response.getPosition());
                    case WRITE_CODE_STALE_MAP -> stale.add(draft);
                    case WRITE_CODE_UNKNOWN_COLLECTION -> unknown.add(draft);
                    case WRITE_CODE_REJECTED ->
                        results.failed(
                                draft.place(), new BadInput("record " + draft.place() + ": " + result.getMessage()));
                    case WRITE_CODE_UNSPECIFIED, UNRECOGNIZED ->
                        results.failed(
                                draft.place(),
                                new Bug("partition " + group.partition() + " answered " + result.getCode(), null));
                }
            }
            pending = new ArrayList<>(stale);
            pending.addAll(unknown);
            if (!unknown.isEmpty()) {
                collectionUnknown();
            }
            stamper.stamp(collection.spec(), response.getLiveGenerationsList(), stale);
        }

        private void applied(Draft draft, WriteResult result, Position position) {
            results.applied(draft.place(), result.getVersion(), result.getExisted());
            applied.add(new Applied(
                    position.toBuilder().setIndex(result.getVersion()).build(), draft.stamps(), result.getLostList()));
        }

        /** Who reads the record next, to try again, is to see what the condition met. */
        private void conditionFailed(Draft draft, WriteResult result, Position position) {
            results.conditionFailed(draft.place(), draft.unmet(result), result);
            applied.add(new Applied(position, List.of(), List.of()));
        }

        private void notFound(Draft draft, Position position) {
            results.notFound(draft.place(), draft.key());
            applied.add(new Applied(position, List.of(), List.of()));
        }

        private void collectionUnknown() {
            images.tryRefresh();
            images.same(collection);
            if (++unknownAttempts >= UNKNOWN_COLLECTION_ATTEMPTS) {
                throw new NotFound("collection \"" + collection.spec().getName() + "\" does not exist in partition "
                        + group.partition());
            }
        }
    }
}
