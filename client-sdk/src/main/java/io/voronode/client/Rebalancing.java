package io.voronode.client;

import java.util.List;

/**
 * Whether and how fast replicas move, and what is to come.
 *
 * @param mode whether they move
 * @param scanBytesPerSecond bytes of rows a second that each node reads for shard replicas that are built elsewhere; 0: any number
 * @param moves in the order in which they would be made, beside those under way; sizes change meanwhile, and the moves with them
 */
public record Rebalancing(RebalanceMode mode, long scanBytesPerSecond, List<Move> moves) {

    public Rebalancing {
        moves = List.copyOf(moves);
    }

    /**
     * A replica that is made on one node and then given up on another.
     *
     * @param group of which it is a replica: {@code partition P}, or {@code COLLECTION/GENERATION/SHARD}
     * @param from the node that has it; empty: there is one too few
     * @param to the node that gets it
     * @param bytes about how many
     */
    public record Move(String group, String from, String to, long bytes) {}
}
