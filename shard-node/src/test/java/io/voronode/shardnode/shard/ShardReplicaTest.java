package io.voronode.shardnode.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.ShardAssignment;
import io.voronode.wire.VoronodeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardReplicaTest {
    @TempDir
    private Path folder;

    @Test
    void tellsWhoOrderedItAnewThatItClosesInstead() throws Exception {
        ShardContext withoutMaps = new ShardContext(
                folder,
                new ScriptedFeed(),
                _ -> {
                    throw new VoronodeException.Unavailable("no map to be had");
                },
                new IndexBudget(16 << 20, 1));
        ShardReplica replica = ShardReplica.start(ShardAssignment.getDefaultInstance(), List.of(0), withoutMaps);
        CompletableFuture<Void> pending = replica.rebuild();
        assertThat(pending).isNotDone();

        replica.beginClose();

        assertClosing(pending);
        assertClosing(replica.rebuild());
        assertThat(replica.awaitClosed(System.nanoTime() + TimeUnit.SECONDS.toNanos(30)))
                .isTrue();
    }

    private static void assertClosing(CompletableFuture<Void> rebuild) {
        assertThat(rebuild)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(VoronodeException.Unavailable.class);
    }
}
