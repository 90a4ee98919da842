package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The target of a partition, by who votes in it. What its leader reports counts, where a majority of these voters answers; names and
 * addresses come from the nodes themselves, else from what was last known of them. A tree that names the same voters stays as it is. Pure.
 */
final class PartitionRecovery {
    private final Recollection known;
    /** Why it cannot be told, for people: added to. */
    private final List<String> problems;

    PartitionRecovery(Recollection known, List<String> problems) {
        this.known = known;
        this.problems = problems;
    }

    /** Empty where a problem was added. */
    Optional<PartitionTarget> target(int partition) {
        SortedMap<String, PartitionStatus> holders = known.holders(partition);
        if (holders.isEmpty()) {
            return problem("partition " + partition + " is on no node that answers" + expected(partition));
        }
        Map<ByteString, Set<String>> groups = groups(partition, holders);
        if (groups.size() > 1) {
            return problem("partition " + partition + " is held as different groups: " + told(groups));
        }
        PartitionStatus leader = known.reports().leader(partition).orElse(null);
        if (leader == null) {
            return problem("partition " + partition + " has no leader: of its replicas only those on "
                    + holders.keySet() + " answer" + expected(partition));
        }
        if (leader.getVotersCount() == 0) {
            return problem("the voters of partition " + partition + " are being changed: try again");
        }
        Set<String> voting = voting(leader, holders);
        if (2 * voting.size() <= leader.getVotersCount()) {
            return problem("partition " + partition + " has no majority: of " + leader.getVotersCount()
                    + " voters only those on " + voting + " answer");
        }
        return target(partition, leader, groups.keySet().iterator().next());
    }

    private <T> Optional<T> problem(String problem) {
        problems.add(problem);
        return Optional.empty();
    }

    private String expected(int partition) {
        return known.targets(partition).stream()
                .findFirst()
                .map(target -> "; it was last placed on "
                        + target.getPeersList().stream()
                                .map(PartitionPeer::getNode)
                                .toList())
                .orElse("");
    }

    private Map<ByteString, Set<String>> groups(int partition, SortedMap<String, PartitionStatus> holders) {
        return holders.keySet().stream()
                .collect(Collectors.groupingBy(
                        node -> groupOn(node, partition, holders), Collectors.toCollection(TreeSet::new)));
    }

    private ByteString groupOn(String node, int partition, SortedMap<String, PartitionStatus> holders) {
        PartitionStatus status = holders.get(node);
        return status == null
                ? ByteString.EMPTY
                : status.getGroupUuid().isEmpty()
                        ? known.targets(partition).getFirst().getGroupUuid()
                        : status.getGroupUuid();
    }

    private static String told(Map<ByteString, Set<String>> groups) {
        return groups.entrySet().stream()
                .map(group -> Uuids.hex(group.getKey()) + " on " + group.getValue())
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** The nodes that answer and hold a replica that votes and works. */
    private Set<String> voting(PartitionStatus leader, SortedMap<String, PartitionStatus> holders) {
        Set<String> voting = new TreeSet<>();
        leader.getVotersList()
                .forEach(voter -> known.nodeOf(voter)
                        .filter(node -> {
                            PartitionStatus status = holders.get(node);
                            return status != null && status.getFailure().isEmpty();
                        })
                        .ifPresent(voting::add));
        return voting;
    }

    private Optional<PartitionTarget> target(int partition, PartitionStatus leader, ByteString group) {
        Set<String> voters = Set.copyOf(leader.getVotersList());
        PartitionTarget inTree = Optional.ofNullable(known.tree().partitions().get(partition))
                .map(versioned -> versioned.value())
                .filter(target -> agrees(target, group, voters))
                .orElse(null);
        if (inTree != null) {
            return Optional.of(inTree);
        }
        List<PartitionTarget> remembered = known.targets(partition).stream()
                .filter(target -> target.getGroupUuid().equals(group))
                .toList();
        List<PartitionPeer> peers = new ArrayList<>();
        for (String voter : inOrder(voters, remembered)) {
            Optional<PartitionPeer> peer = peer(voter, remembered);
            if (peer.isEmpty()) {
                return problem("voter " + voter + " of partition " + partition
                        + " is the disk of no node that answers, and no node remembers whose it is");
            }
            peers.add(peer.get().toBuilder().setJoining(false).build());
        }
        joining(partition, voters, remembered).ifPresent(peers::add);
        return Optional.of(PartitionTarget.newBuilder()
                .setPartition(partition)
                .setGroupUuid(group)
                .addAllPeers(peers)
                .setPreferredLeader(preferredLeader(partition, peers, remembered))
                .build());
    }

    /** Whether a target says what is: the same voters, but for one that is on its way in or out. */
    private static boolean agrees(PartitionTarget target, ByteString group, Set<String> voters) {
        Set<String> named =
                target.getPeersList().stream().map(PartitionPeer::getPeerId).collect(Collectors.toSet());
        Set<String> wanted = Set.copyOf(Peers.voterIds(target));
        return target.getGroupUuid().equals(group)
                && named.containsAll(voters)
                && named.size() - voters.size() <= 1
                && (voters.containsAll(wanted) || named.equals(wanted));
    }

    /** As they were last named; the first of equals leads in small groups, so the order is worth keeping. */
    private static SequencedSet<String> inOrder(Set<String> voters, List<PartitionTarget> remembered) {
        SequencedSet<String> ordered = new LinkedHashSet<>();
        remembered.stream()
                .flatMap(target -> target.getPeersList().stream())
                .map(PartitionPeer::getPeerId)
                .filter(voters::contains)
                .forEach(ordered::add);
        ordered.addAll(new TreeSet<>(voters));
        return ordered;
    }

    private Optional<PartitionPeer> peer(String peerId, List<PartitionTarget> remembered) {
        Optional<PartitionPeer> last = remembered.stream()
                .flatMap(target -> target.getPeersList().stream())
                .filter(peer -> peer.getPeerId().equals(peerId))
                .findFirst();
        String node = known.nodeOf(peerId).orElse(null);
        NodeLiveness liveness = node == null ? null : known.tree().live().get(node);
        if (node == null || liveness == null) {
            return last;
        }
        return Optional.of(last.map(PartitionPeer::toBuilder)
                .orElseGet(PartitionPeer::newBuilder)
                .setNode(node)
                .setPeerId(peerId)
                .setRaftAddress(liveness.getEndpoints().getRaft())
                .build());
    }

    /** One that was on its way to become a voter, if its node still holds what it had. */
    private Optional<PartitionPeer> joining(int partition, Set<String> voters, List<PartitionTarget> remembered) {
        return remembered.stream()
                .findFirst()
                .flatMap(Peers::joining)
                .filter(peer -> !voters.contains(peer.getPeerId()))
                .filter(peer -> known.nodeOf(peer.getPeerId())
                        .flatMap(node -> known.reports().replica(node, partition))
                        .isPresent());
    }

    private String preferredLeader(int partition, List<PartitionPeer> peers, List<PartitionTarget> remembered) {
        List<String> nodes = peers.stream().map(PartitionPeer::getNode).toList();
        @Nullable
        String last = remembered.isEmpty() ? null : remembered.getFirst().getPreferredLeader();
        return last != null && nodes.contains(last)
                ? last
                : known.reports().leaderNode(partition).orElse(nodes.getFirst());
    }
}
