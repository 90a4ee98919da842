package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.control.GenerationRecovery.MapLookup;
import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.proto.internal.v1.NodeAdminState;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.RecallClusterResponse;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Tells what the tree should say by what the nodes hold: {@link PartitionRecovery}, {@link CollectionRecovery}, {@link GenerationRecovery}.
 * It refuses where anything contradicts, or where a partition cannot speak for itself, and then names all of that. Used once; pure but for the
 * look-up of maps.
 */
final class TreeRecovery {
    /** Of what stands in the way, so much is named. */
    private static final int MOST_PROBLEMS = 20;

    private final Recollection known;
    private final MapLookup maps;
    private final long nowMs;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private TreeRecovery(Recollection known, MapLookup maps, long nowMs) {
        this.known = known;
        this.maps = maps;
        this.nowMs = nowMs;
    }

    /**
     * What the tree should say.
     *
     * @throws Conflict if that cannot be told; it names why
     */
    static RecoveredTree of(Recollection known, MapLookup maps, long nowMs) {
        return new TreeRecovery(known, maps, nowMs).recover();
    }

    private RecoveredTree recover() {
        ClusterFormat format = ClusterFormat.newBuilder()
                .setLayoutVersion(ClusterTree.LAYOUT_VERSION)
                .setPartitionCount(partitionCount())
                .setClusterUuid(clusterUuid())
                .build();
        refuseProblems();
        PartitionRecovery partitions = new PartitionRecovery(known, problems);
        List<PartitionTarget> targets = new ArrayList<>();
        for (int partition = 0; partition < format.getPartitionCount(); partition++) {
            partitions.target(partition).ifPresent(targets::add);
        }
        refuseUncounted(format.getPartitionCount());
        refuseProblems();
        SortedMap<String, RecoveredTree.Collection> collections = new CollectionRecovery(
                        known, format.getPartitionCount(), new GenerationRecovery(known, maps, nowMs), problems, notes)
                .all();
        refuseProblems();
        if (!known.silent().isEmpty()) {
            notes.add("nodes " + known.silent() + " live but do not answer: what they hold does not count");
        }
        return new RecoveredTree(format, registrations(targets), targets, collections, notes);
    }

    private void refuseProblems() {
        if (!problems.isEmpty()) {
            throw new Conflict(
                    Reason.NOT_POSSIBLE_NOW,
                    "the cluster tree cannot be recovered: "
                            + problems.stream().limit(MOST_PROBLEMS).collect(Collectors.joining("; "))
                            + (problems.size() > MOST_PROBLEMS
                                    ? "; and " + (problems.size() - MOST_PROBLEMS) + " more"
                                    : ""));
        }
    }

    private int partitionCount() {
        Map<Integer, Set<String>> counts = new TreeMap<>();
        if (known.tree().partitionCount() > 0) {
            counts.computeIfAbsent(known.tree().partitionCount(), count -> new TreeSet<>())
                    .add("the tree");
        }
        for (AssignRequest assignment : known.assignments()) {
            int count = assignment.hasFormat()
                    ? assignment.getFormat().getPartitionCount()
                    : assignment.getAllPartitionsCount();
            counts.computeIfAbsent(count, ignored -> new TreeSet<>()).add(assignment.getNode());
        }
        if (counts.size() > 1) {
            problems.add("it is not agreed how many partitions there are: " + counts);
        }
        if (counts.isEmpty()) {
            problems.add("no node that answers remembers how many partitions there are");
        }
        return counts.isEmpty() ? 0 : counts.keySet().iterator().next();
    }

    /** Only nodes that hold partitions count: others may have been told of another cluster once. */
    private ByteString clusterUuid() {
        Map<ByteString, Set<String>> uuids = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
        ClusterFormat inTree = known.tree().format();
        if (inTree != null) {
            uuids.computeIfAbsent(inTree.getClusterUuid(), uuid -> new TreeSet<>())
                    .add("the tree");
        }
        for (RecallClusterResponse memory : known.memories().values()) {
            ByteString uuid = memory.getAssignment().getFormat().getClusterUuid();
            if (memory.getPartitionsCount() > 0 && !uuid.isEmpty()) {
                uuids.computeIfAbsent(uuid, ignored -> new TreeSet<>()).add(memory.getNode());
            }
        }
        if (uuids.size() > 1) {
            problems.add("there are several clusters: "
                    + uuids.entrySet().stream()
                            .map(entry -> Uuids.hex(entry.getKey()) + " by " + entry.getValue())
                            .collect(Collectors.joining(", ")));
        }
        if (uuids.isEmpty()) {
            notes.add("no node remembers the uuid of the cluster: it gets a new one");
            return Uuids.random();
        }
        return uuids.keySet().iterator().next();
    }

    /** A partition beyond the last one is of another cluster, or the number of them is wrong. */
    private void refuseUncounted(int partitionCount) {
        known.reports()
                .byNode()
                .forEach((node, report) -> report.getPartitionsList().stream()
                        .filter(status -> status.getPartition() >= partitionCount)
                        .forEach(status -> problems.add("node \"" + node + "\" holds partition " + status.getPartition()
                                + " of a cluster of " + partitionCount)));
    }

    /**
     * Of nodes that answer, as they say, and of those that hold partitions and are away: these may come back, and until then what they hold is
     * not made anew before their time.
     */
    private List<NodeRegistration> registrations(List<PartitionTarget> targets) {
        Map<String, NodeRegistration> registrations = new TreeMap<>();
        known.memories().values().forEach(memory -> registrations.put(memory.getNode(), memory.getRegistration()));
        targets.stream()
                .flatMap(target -> Peers.nodes(target).stream())
                .forEach(node -> registrations.computeIfAbsent(node, TreeRecovery::away));
        registrations.keySet().removeAll(known.tree().nodes().keySet());
        if (!registrations.isEmpty()) {
            notes.add(
                    "nodes are registered as taking replicas: where one was being drained, or had been removed, say so again: "
                            + registrations.keySet());
        }
        return List.copyOf(registrations.values());
    }

    /** It writes its zone by itself when it is back. */
    private static NodeRegistration away(String node) {
        return NodeRegistration.newBuilder()
                .setNode(node)
                .setState(NodeAdminState.NODE_ADMIN_STATE_ACTIVE)
                .build();
    }
}
