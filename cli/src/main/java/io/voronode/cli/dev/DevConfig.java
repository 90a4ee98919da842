package io.voronode.cli.dev;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a dev server is started with.
 *
 * @param data the folder that keeps everything; null: a temporary one, removed at the end
 * @param bind the address that clients reach it at
 * @param port of its API; 0: any free one
 * @param httpPort of health and metrics; 0: any free one
 * @param nodes shard nodes; 0: as many as the folder has, one in a new one
 * @param snapshots the folder of snapshots; null: in that of the data
 * @param models a folder of embedding models besides the built-in one
 */
public record DevConfig(
        @Nullable Path data,
        String bind,
        int port,
        int httpPort,
        int nodes,
        @Nullable Path snapshots,
        @Nullable Path models) {
    public static final int DEFAULT_PORT = 7700;
    public static final String LOOPBACK = "127.0.0.1";
    /** All of them share the memory of one process. */
    public static final int MAX_NODES = 5;
}
