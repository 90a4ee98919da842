package io.voronode.shardnode.partition;

import com.google.common.util.concurrent.ListenableFuture;
import io.voronode.proto.internal.v1.DescribePressureRequest;
import io.voronode.proto.internal.v1.DescribePressureResponse;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.shardnode.cells.PartitionDirectory;
import io.voronode.wire.Channels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the holders of the partitions that are led here, once a second, what should hold back writers, and tells {@link WritePressure}. Has a
 * thread of its own. A node that does not answer in time says nothing.
 */
final class PressureWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PressureWatch.class);
    private static final long INTERVAL_MS = 1_000;

    private final Supplier<List<PartitionReplica>> replicas;
    private final PartitionDirectory directory;
    private final Channels channels;
    private final WritePressure pressure;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("write-pressure").factory());

    PressureWatch(
            Supplier<List<PartitionReplica>> replicas,
            PartitionDirectory directory,
            Channels channels,
            WritePressure pressure) {
        this.replicas = replicas;
        this.directory = directory;
        this.channels = channels;
        this.pressure = pressure;
    }

    void start() {
        var _ = thread.scheduleWithFixedDelay(this::look, INTERVAL_MS, INTERVAL_MS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            List<PartitionReplica> led = replicas.get().stream()
                    .filter(PartitionReplica::isReadyLeader)
                    .toList();
            pressure.retain(led.stream().map(PartitionReplica::partition).collect(Collectors.toSet()));
            Map<String, DescribePressureResponse> answers = ask(led);
            led.forEach(replica -> tell(replica, answers));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("the pressure on writers is not known", e);
        }
    }

    /** The answers by address. */
    private Map<String, DescribePressureResponse> ask(List<PartitionReplica> led) throws InterruptedException {
        Map<String, DescribePressureRequest.Builder> questions = new HashMap<>();
        for (PartitionReplica replica : led) {
            for (String address : directory.rpcAddresses(replica.partition())) {
                questions
                        .computeIfAbsent(address, absent -> DescribePressureRequest.newBuilder())
                        .addPartitions(replica.partition());
            }
        }
        Map<String, ListenableFuture<DescribePressureResponse>> calls = new HashMap<>();
        questions.forEach((address, question) -> calls.put(
                address,
                PartitionServiceGrpc.newFutureStub(channels.to(address))
                        .withDeadlineAfter(INTERVAL_MS, TimeUnit.MILLISECONDS)
                        .describePressure(question.build())));
        Map<String, DescribePressureResponse> answers = new HashMap<>();
        for (var call : calls.entrySet()) {
            try {
                answers.put(call.getKey(), call.getValue().get());
            } catch (ExecutionException e) {
                LOG.debug("{} does not tell of its pressure", call.getKey(), e);
            }
        }
        return answers;
    }

    private void tell(PartitionReplica replica, Map<String, DescribePressureResponse> answers) {
        Set<String> addresses = Set.copyOf(directory.rpcAddresses(replica.partition()));
        List<DescribePressureResponse> heard = new ArrayList<>();
        addresses.stream().map(answers::get).filter(Objects::nonNull).forEach(heard::add);
        int holders = (int) replica.target().getPeersList().stream()
                .filter(peer -> !peer.getJoining())
                .map(PartitionPeer::getNode)
                .distinct()
                .count();
        pressure.heard(replica.partition(), replica.appliedIndex(), holders, heard, System.nanoTime());
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
