package io.voronode.shardnode.shard;

import io.voronode.proto.internal.v1.ShardAssignment;
import io.voronode.proto.internal.v1.ShardStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shard replicas of one node. {@link #assign} is called by one thread at a time (the node's assignment thread); everything else
 * by any. Deletes an index only when an assignment no longer names it: it can be built again.
 */
public final class ShardReplicas implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardReplicas.class);
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ShardContext context;
    private final ShardFolders folders;
    private final Map<ShardId, ShardReplica> replicas = new ConcurrentHashMap<>();

    public ShardReplicas(ShardContext context) {
        this.context = context;
        this.folders = new ShardFolders(context.dataFolder());
    }

    public @Nullable ShardReplica find(ShardId id) {
        return replicas.get(id);
    }

    public List<ShardReplica> all() {
        return List.copyOf(replicas.values());
    }

    /** Size of what is remembered of filters. */
    public long filterBytes() {
        return context.budget().filters().bytes();
    }

    /** What all indexes have written since the start of the node. */
    public IndexWrites writes() {
        return context.budget().writes();
    }

    public List<ShardStatus> describe() {
        return replicas.values().stream().map(ShardReplica::status).toList();
    }

    /**
     * Makes these the replicas of the node: starts new ones, drops the others.
     *
     * @param partitions all of the cluster
     */
    public void assign(Collection<ShardAssignment> assignments, List<Integer> partitions)
            throws IOException, InterruptedException {
        Map<ShardId, ShardAssignment> wanted = new HashMap<>();
        assignments.forEach(assignment -> wanted.put(ShardId.of(assignment), assignment));
        dropUnwanted(wanted);
        wanted.forEach((id, assignment) ->
                replicas.computeIfAbsent(id, absent -> ShardReplica.start(assignment, partitions, context)));
    }

    private void dropUnwanted(Map<ShardId, ShardAssignment> wanted) throws IOException, InterruptedException {
        List<ShardReplica> dropped = new ArrayList<>();
        replicas.forEach((id, replica) -> {
            if (!wanted.containsKey(id)) {
                dropped.add(replica);
            }
        });
        dropped.forEach(replica -> replicas.remove(replica.id()));
        close(dropped);
        for (ShardId id : folders.present()) {
            if (!wanted.containsKey(id)) {
                LOG.info("shard {} is not assigned to this node any more and is deleted", id);
                folders.delete(id);
            }
        }
    }

    private static void close(List<ShardReplica> closing) throws InterruptedException {
        closing.forEach(ShardReplica::beginClose);
        long deadline = System.nanoTime() + CLOSE_NANOS;
        for (ShardReplica replica : closing) {
            if (!replica.awaitClosed(deadline)) {
                LOG.warn("shard {} did not close in time", replica.id());
            }
        }
    }

    /** Commits and closes all replicas; their indexes stay. */
    @Override
    public void close() {
        List<ShardReplica> closing = List.copyOf(replicas.values());
        replicas.clear();
        try {
            close(closing);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
