package io.voronode.shardnode.shard;

import io.voronode.proto.internal.v1.ScanShardResponse;
import io.voronode.wire.VoronodeException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Gives prepared scans, and the sinks of what is followed to the test. Closing a subscription does nothing here. */
final class ScriptedFeed implements ShardFeed {
    /** A scan: what happens when it begins, its batches, and whether it breaks off behind them. */
    record Script(Runnable begins, List<ScanShardResponse> batches, boolean breaksOff) {}

    private final Deque<Script> scripts;
    private final BlockingQueue<Sink> followed = new LinkedBlockingQueue<>();
    private @Nullable Sink first;

    ScriptedFeed(Script... scripts) {
        this.scripts = new ArrayDeque<>(List.of(scripts));
    }

    /** Whoever was followed, in that order. */
    BlockingQueue<Sink> followed() {
        return followed;
    }

    /** Whoever was followed first; for scripts, which run on the same thread. */
    Sink first() {
        return Objects.requireNonNull(first);
    }

    @Override
    public Subscription follow(int partition, ShardId shard, Sink sink) {
        first = first == null ? sink : first;
        followed.add(sink);
        return new Subscription() {
            @Override
            public void acknowledge(long appliedIndex, long committedIndex, boolean serving) {}

            @Override
            public void close() {}
        };
    }

    @Override
    public Scan scan(int partition, ShardId shard, String afterKey) {
        Script script = scripts.removeFirst();
        script.begins().run();
        Deque<ScanShardResponse> batches = new ArrayDeque<>(script.batches());
        return new Scan() {
            @Override
            public @Nullable ScanShardResponse next() {
                if (batches.isEmpty() && script.breaksOff()) {
                    throw new VoronodeException.Unavailable("broken off");
                }
                return batches.pollFirst();
            }

            @Override
            public void close() {}
        };
    }
}
