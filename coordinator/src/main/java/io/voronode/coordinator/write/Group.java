package io.voronode.coordinator.write;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.route.PartitionHash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The writes of a request that go to one partition in one message. It keeps its request id over all attempts: the partition
 * applies (request id, ordinal) once, and does not store refusals that a repetition heals, so resending is exact, the client's own of a part of the
 * request included.
 */
record Group(int partition, ByteString requestId, List<Draft> drafts) {
    /** Some entries of the log: small enough that several requests share the leader's queue. */
    static final int MAX_OPERATIONS = 2_000;

    static final int MAX_BYTES = 4 << 20;

    Group {
        drafts = List.copyOf(drafts);
    }

    /**
     * Groups by partition in order of the partitions, and within one cuts at the limits above. All carry the id of the request: no two
     * of its operations have the same ordinal.
     */
    static List<Group> of(Collection<Draft> drafts, ByteString requestId, int partitionCount) {
        SortedMap<Integer, List<Draft>> byPartition = new TreeMap<>();
        for (Draft draft : drafts) {
            int partition = PartitionHash.partition(draft.key(), partitionCount);
            byPartition.computeIfAbsent(partition, ignored -> new ArrayList<>()).add(draft);
        }
        List<Group> groups = new ArrayList<>();
        byPartition.forEach((partition, all) -> cut(partition, requestId, all, groups));
        return groups;
    }

    private static void cut(int partition, ByteString requestId, List<Draft> drafts, List<Group> groups) {
        int from = 0;
        int bytes = 0;
        for (int i = 0; i < drafts.size(); i++) {
            int size = drafts.get(i).bytes();
            if (i > from && (i - from == MAX_OPERATIONS || bytes + size > MAX_BYTES)) {
                groups.add(new Group(partition, requestId, drafts.subList(from, i)));
                from = i;
                bytes = 0;
            }
            bytes += size;
        }
        groups.add(new Group(partition, requestId, drafts.subList(from, drafts.size())));
    }
}
