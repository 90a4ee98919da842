package io.voronode.coordinator.write;

/** Is told how long the stages of writes take. Called on the threads of the calls; must be quick and not throw. */
@FunctionalInterface
public interface WriteListener {
    /** For writers that nobody measures. */
    WriteListener NONE = (stage, nanos) -> {};

    /** A stage of a request, or of a batch of a stream, has ended. */
    void ended(WriteStage stage, long nanos);
}
