package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.Versioned;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.proto.internal.v1.ShardTarget;
import java.util.Comparator;
import java.util.Optional;

/** How uneven the cells of a generation are, by what its shards say. Pure. */
final class Imbalance {
    /** Shards say what is in them a moment later than it is there. */
    private static final double NEARLY_ALL = 0.9;

    private Imbalance() {}

    /** k·Σnᵢ²/(Σnᵢ)² over all cells; 0 unless a replica of every shard that has records says what is in it. */
    static double of(GenerationTree generation, ByteString uuid, Reports reports) {
        return of(generation, uuid, reports, 0);
    }

    /**
     * The same, to be acted on: shards that have just been built or opened tell of a part of their records, and then the rest looks uneven.
     *
     * @param rows of the collection
     * @return 0 as well where the shards do not tell of nearly all of them
     */
    static double of(GenerationTree generation, ByteString uuid, Reports reports, long rows) {
        double vectors = 0;
        double squares = 0;
        for (Versioned<ShardTarget> shard : generation.shards().values()) {
            Optional<ShardStatus> fullest =
                    fullest(shard.value(), uuid, generation.value().getGeneration(), reports);
            if (fullest.isEmpty()) {
                return 0;
            }
            vectors += fullest.get().getCellVectors();
            squares += fullest.get().getCellSquares();
        }
        return vectors == 0 || vectors < NEARLY_ALL * rows
                ? 0
                : generation.value().getCellCount() * squares / (vectors * vectors);
    }

    /** Of the replicas of a shard, the one with most of it. */
    private static Optional<ShardStatus> fullest(ShardTarget shard, ByteString uuid, int generation, Reports reports) {
        return shard.getReplicasList().stream()
                .flatMap(node -> reports.shard(node, uuid, generation, shard.getShard()).stream())
                .max(Comparator.comparingLong(ShardStatus::getCellVectors));
    }
}
