package io.voronode.shardnode.partition;

/** Is told how long writes wait and are under way. Called on threads of the partitions and of Ratis; must be quick and not throw. */
public interface WriteListener {
    /** For nodes that nobody measures. */
    WriteListener NONE = new WriteListener() {
        @Override
        public void proposed(long waitedNanos) {
            // Nobody asked.
        }

        @Override
        public void committed(long nanos) {
            // Nobody asked.
        }
    };

    /**
     * A write request, or its first part where it does not fit into one entry, is handed to Raft.
     *
     * @param waitedNanos since it arrived
     */
    void proposed(long waitedNanos);

    /**
     * An entry of writes has been applied here.
     *
     * @param nanos since it was handed to Raft
     */
    void committed(long nanos);
}
