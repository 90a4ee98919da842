package io.voronode.client;

/** Told how far a snapshot is, by one thread of the client at a time. */
@FunctionalInterface
public interface SnapshotListener {
    /** One that wants to hear nothing. */
    SnapshotListener NONE = (step, done, total) -> {};

    /**
     * Called now and then.
     *
     * @param step what is being done: "checking" counts bytes, "writing" records
     * @param done so many are done
     * @param total of so many; 0: not known
     */
    void progress(String step, long done, long total);
}
