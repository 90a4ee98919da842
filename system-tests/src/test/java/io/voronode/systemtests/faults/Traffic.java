package io.voronode.systemtests.faults;

import io.voronode.client.VoronodeClient;
import io.voronode.systemtests.Eventually;
import io.voronode.systemtests.history.History;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * Clients that write, read and search side by side while something goes wrong: a few hot keys, which all of them write and whose history is
 * checked, and many cold ones, of which each has its own. Started, asked and closed by one thread.
 */
final class Traffic implements AutoCloseable {
    static final int HOT_KEYS = 10;
    private static final int CLIENTS = 8;
    private static final int PROBES = 64;
    private static final int MAX_PROBLEMS = 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(150);

    private final String collection;
    private final History history = new History();
    private final AtomicLong values = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<VoronodeClient> connections = new ArrayList<>();
    private final List<TrafficClient> clients = new ArrayList<>();
    private final List<Future<?>> running = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    /** Writes records in every partition, to see when all take them. */
    private final TrafficClient prober;

    private Traffic(String collection, IntFunction<VoronodeClient.Builder> clientOf, long seed) {
        this.collection = collection;
        for (int number = 0; number <= CLIENTS; number++) {
            VoronodeClient connection = clientOf.apply(number)
                    .deadline(Duration.ofSeconds(10))
                    .retryFor(Duration.ofSeconds(10))
                    .build();
            connections.add(connection);
            clients.add(new TrafficClient(number, connection, this, seed + number));
        }
        prober = clients.getLast();
    }

    /** The function builds a client of all coordinators that turns first to the one of a number. */
    static Traffic start(String collection, IntFunction<VoronodeClient.Builder> clientOf, long seed) {
        Traffic traffic = new Traffic(collection, clientOf, seed);
        for (TrafficClient client : traffic.clients.subList(0, CLIENTS)) {
            traffic.running.add(traffic.threads.submit(() -> {
                while (!traffic.stopped.get()) {
                    client.step();
                }
            }));
        }
        return traffic;
    }

    static String hotKey(int number) {
        return "hot-" + number;
    }

    // ---- what its clients tell

    String collection() {
        return collection;
    }

    History history() {
        return history;
    }

    long nextValue() {
        return values.incrementAndGet();
    }

    void acknowledged(int records) {
        acknowledged.addAndGet(records);
    }

    void refused(String how) {
        refusals.merge(how, 1, Integer::sum);
    }

    void problem(String text) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(text);
        }
    }

    // ---- what the test asks

    long acknowledged() {
        return acknowledged.get();
    }

    /** Failed calls and refused records by kind. */
    Map<String, Integer> refusals() {
        return refusals;
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    void awaitAcknowledged(long count) throws InterruptedException {
        Eventually.await(count + " acknowledged writes", TIMEOUT, () -> {
            for (Future<?> client : running) {
                if (client.state() == Future.State.FAILED) {
                    throw new AssertionError("a client failed", client.exceptionNow());
                }
            }
            return acknowledged() >= count ? null : "only " + acknowledged() + ", refused " + refusals;
        });
    }

    /** Writes to all partitions until each has taken it; answers how long that took. */
    Duration probe() throws InterruptedException {
        Set<String> keys = new LinkedHashSet<>();
        for (int i = 0; i < PROBES; i++) {
            keys.add("probe-" + i);
        }
        return Eventually.await("writes to all partitions", TIMEOUT, () -> prober.coldUpsert(keys) ? null : "refused");
    }

    /** Lets what is under way end. */
    void stop() throws InterruptedException {
        stopped.set(true);
        for (Future<?> client : running) {
            try {
                client.get();
            } catch (ExecutionException e) {
                throw new AssertionError("a client failed", e.getCause());
            }
        }
    }

    /** Reads every hot key, so that what is left in the end belongs to the history. */
    void readHotKeys() {
        for (int i = 0; i < HOT_KEYS; i++) {
            prober.hotRead(hotKey(i));
        }
    }

    /** What every cold key may hold; once stopped. */
    Map<String, ColdKey> cold() {
        Map<String, ColdKey> all = new HashMap<>();
        clients.forEach(client -> all.putAll(client.cold()));
        return all;
    }

    @Override
    public void close() {
        stopped.set(true);
        threads.shutdownNow();
        connections.forEach(VoronodeClient::close);
    }
}
