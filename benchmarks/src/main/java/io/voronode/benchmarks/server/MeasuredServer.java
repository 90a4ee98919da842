package io.voronode.benchmarks.server;

import io.voronode.benchmarks.process.FreePorts;
import io.voronode.benchmarks.process.MeasuredProcess;
import io.voronode.benchmarks.process.Meters;
import io.voronode.client.VoronodeClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One {@code voronode dev} on a folder that it keeps over restarts. One thread uses it; closing kills the process and leaves the folder. */
final class MeasuredServer implements AutoCloseable {
    private final int port;
    private final MeasuredProcess process;

    /**
     * Starts a server and waits until it takes requests.
     *
     * @param launcher {@code scripts/voronode}
     * @param folder for its data and, beside it, its log
     */
    static MeasuredServer start(Path launcher, Path folder, int nodes) throws IOException, InterruptedException {
        int port = FreePorts.take();
        int httpPort = FreePorts.take();
        List<String> command = List.of(
                launcher.toString(),
                "dev",
                "--data",
                folder.toString(),
                "--port",
                "" + port,
                "--http-port",
                "" + httpPort,
                "--nodes",
                "" + nodes);
        MeasuredProcess process =
                MeasuredProcess.launch(command, httpPort, folder.resolveSibling(folder.getFileName() + ".log"));
        process.awaitReady();
        return new MeasuredServer(port, process);
    }

    private MeasuredServer(int port, MeasuredProcess process) {
        this.port = port;
        this.process = process;
    }

    VoronodeClient connect() {
        return VoronodeClient.builder().address("127.0.0.1:" + port).build();
    }

    /** Ends the process without a word to it, as kill -9 does, and starts it again; answers before it is ready. */
    void killAndRestart() throws IOException {
        process.kill();
        process.restart();
    }

    /** Processor time that this life of the process has used. */
    Duration processorTime() {
        return process.processorTime();
    }

    /** What this life of the process has written to files. */
    WrittenBytes written() throws IOException, InterruptedException {
        Meters meters = process.meters();
        return new WrittenBytes(
                (long) meters.sum("voronode_partition_entries_applied_bytes_total"),
                (long) meters.sum("voronode_rows_flushed_bytes_total"),
                (long) meters.sum("voronode_rows_compacted_bytes_total"),
                (long) meters.sum("voronode_index_flushed_bytes_total"),
                (long) meters.sum("voronode_index_merged_bytes_total"));
    }

    /** Resident memory that no file stands behind: the Java heap, and what native code allocated. */
    long anonymousBytes() {
        return process.anonymousBytes();
    }

    /** Resident pages of mapped files; the system takes them back when it needs them. */
    long mappedBytes() {
        return process.mappedBytes();
    }

    /** The Java heap, as committed. */
    long heapBytes() throws IOException, InterruptedException {
        return (long) process.meters().sum("jvm_memory_committed_bytes", "area=\"heap\"");
    }

    @Override
    public void close() {
        process.close();
    }
}
