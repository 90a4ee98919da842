package io.voronode.shardnode.rpc;

/**
 * Is told of the scans of searches that somebody waits for, of none in the background. Called on scan threads; must be quick and not throw.
 */
public interface ScanListener {
    /** For nodes that nobody measures. */
    ScanListener NONE = new ScanListener() {
        @Override
        public void begun(long waitedNanos) {
            // Nobody asked.
        }

        @Override
        public void scanned(Scan scan) {
            // Nobody asked.
        }
    };

    /**
     * What one probe took in the engine.
     *
     * @param nanos from the call of the engine to its answer, or until it broke off
     * @param cpuNanos the time that the scan thread ran meanwhile; 0 where the system does not tell
     * @param vectors compared with the query; nothing is counted of a scan that broke off
     * @param codes looked through
     * @param refined those that were looked at once more
     */
    record Scan(long nanos, long cpuNanos, long vectors, long codes, long refined) {}

    /**
     * The first scan thread has begun with a call.
     *
     * @param waitedNanos since the call was handed to the scan threads
     */
    void begun(long waitedNanos);

    /** The engine has answered a probe, or broken it off. */
    void scanned(Scan scan);
}
