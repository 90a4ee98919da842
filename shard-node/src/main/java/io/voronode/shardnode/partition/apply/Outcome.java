package io.voronode.shardnode.partition.apply;

import io.voronode.proto.internal.v1.LiveGeneration;
import io.voronode.proto.internal.v1.WriteResult;
import java.util.List;

/** What became of an entry, for whoever proposed it. Refusals are normal outcomes, decided by state alone. */
public sealed interface Outcome {
    /** Of a write entry: one answer per request of the entry, in its order. */
    record Written(List<Answer> answers) implements Outcome {
        public Written {
            answers = List.copyOf(answers);
        }
    }

    /**
     * The answer to the part of a request that was in the entry.
     *
     * @param results one per operation, in their order
     * @param liveGenerations of the collection; empty unless a result is STALE_MAP
     */
    record Answer(List<WriteResult> results, List<LiveGeneration> liveGenerations) {
        public Answer {
            results = List.copyOf(results);
            liveGenerations = List.copyOf(liveGenerations);
        }
    }

    /** So many expired rows have been removed. */
    record Expired(int rows) implements Outcome {}

    /** The entry did what it says, or had nothing to do. */
    record Done() implements Outcome {}

    /** A control command of an epoch lower than the highest one seen. */
    record StaleEpoch(long highestEpoch) implements Outcome {}

    /** A control command for a collection that is not here. */
    record UnknownCollection() implements Outcome {}

    /** A command that can never be right; the message carries the values. */
    record Refused(String message) implements Outcome {}
}
