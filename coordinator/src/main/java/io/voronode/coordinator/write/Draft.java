package io.voronode.coordinator.write;

import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.proto.internal.v1.WriteResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One write on its way: the operation, the vector that decides its stamps, the stamps by generation. Owned by one thread at a
 * time: the one that prepares the request, then the one that sends its group.
 */
final class Draft {
    private final int place;
    private final WriteOperation operation;
    private final float @Nullable [] indexVector;
    private final Map<Integer, Stamp> stamps = new TreeMap<>();

    /**
     * A draft without stamps.
     *
     * @param place in the message, where its result belongs; a repetition of a part may have it elsewhere than its ordinal says
     * @param indexVector as the index keeps it (normalised for COSINE); null where the write brings no vector, and so no stamps
     */
    Draft(int place, WriteOperation operation, float @Nullable [] indexVector) {
        this.place = place;
        this.operation = operation;
        this.indexVector = indexVector;
    }

    int place() {
        return place;
    }

    String key() {
        return operation.getKey();
    }

    /** Bytes on the wire, stamps left out. */
    int bytes() {
        return operation.getSerializedSize();
    }

    float @Nullable [] indexVector() {
        return indexVector;
    }

    void put(Stamp stamp) {
        stamps.put(stamp.getGeneration(), stamp);
    }

    boolean lacks(int generation) {
        return indexVector != null && !stamps.containsKey(generation);
    }

    Collection<Stamp> stamps() {
        return List.copyOf(stamps.values());
    }

    /** Why a partition did not apply it. */
    String unmet(WriteResult result) {
        return "record " + place + ": " + Conditions.unmet(operation, result);
    }

    WriteOperation stamped() {
        return operation.toBuilder()
                .addAllStamps(new ArrayList<>(stamps.values()))
                .build();
    }
}
