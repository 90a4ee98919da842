package io.voronode.coordinator.control;

import io.voronode.proto.internal.v1.DescribeNodeRequest;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.NodeServiceGrpc;
import io.voronode.proto.internal.v1.RecallClusterRequest;
import io.voronode.proto.internal.v1.RecallClusterResponse;
import io.voronode.wire.Channels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks all live nodes what is on them, at once, and takes the answers that come in time. For the many who may ask (users looking at
 * a collection) {@link #recent()} shares an answer for a moment. Any thread; blocks.
 */
final class NodeProbe {
    private static final Logger LOG = LoggerFactory.getLogger(NodeProbe.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration RECALL_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration SHARED_FOR = Duration.ofMillis(200);

    private final Channels channels;
    private final Supplier<Collection<NodeLiveness>> liveNodes;
    private Reports last = new Reports(Map.of());
    private long lastNanos = System.nanoTime() - SHARED_FOR.toNanos();

    NodeProbe(Channels channels, Supplier<Collection<NodeLiveness>> liveNodes) {
        this.channels = channels;
        this.liveNodes = liveNodes;
    }

    /** What nodes say, or said at most {@code SHARED_FOR} ago. */
    synchronized Reports recent() {
        if (System.nanoTime() - lastNanos >= SHARED_FOR.toNanos()) {
            last = ask(liveNodes.get());
            lastNanos = System.nanoTime();
        }
        return last;
    }

    /** What nodes say now. */
    Reports ask(Collection<NodeLiveness> nodes) {
        Map<String, DescribeNodeResponse> answers = new HashMap<>();
        List<Runnable> questions = new ArrayList<>();
        for (NodeLiveness node : nodes) {
            questions.add(() -> {
                DescribeNodeResponse answer = describe(node);
                synchronized (answers) {
                    answers.put(node.getNode(), answer);
                }
            });
        }
        Parallel.run(questions).forEach(failure -> LOG.debug("a node did not describe itself", failure));
        synchronized (answers) {
            return new Reports(answers);
        }
    }

    /** What nodes remember of the cluster; those that do not answer are left out. */
    SortedMap<String, RecallClusterResponse> recall(Collection<NodeLiveness> nodes) {
        SortedMap<String, RecallClusterResponse> memories = new ConcurrentSkipListMap<>();
        List<Runnable> questions = new ArrayList<>();
        for (NodeLiveness node : nodes) {
            questions.add(() -> memories.put(
                    node.getNode(),
                    NodeServiceGrpc.newBlockingStub(
                                    channels.to(node.getEndpoints().getRpc()))
                            .withDeadlineAfter(RECALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                            .recallCluster(RecallClusterRequest.getDefaultInstance())));
        }
        Parallel.run(questions)
                .forEach(failure -> LOG.warn("a node did not tell what it remembers: {}", failure.toString()));
        return memories;
    }

    private DescribeNodeResponse describe(NodeLiveness node) {
        return NodeServiceGrpc.newBlockingStub(channels.to(node.getEndpoints().getRpc()))
                .withDeadlineAfter(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .describeNode(DescribeNodeRequest.getDefaultInstance());
    }
}
