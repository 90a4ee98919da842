package io.voronode.cli.dev;

import io.voronode.cli.process.HttpEndpoint;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What the commands take that start a server. Filled by picocli, used by one thread. */
public final class DevOptions {
    private static final int MAX_PORT = 65_535;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The folder that keeps the data (default: a temporary one, removed at the end).")
    private @Nullable Path data;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "" + DevConfig.DEFAULT_PORT,
            description = "Port of the API; 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "" + HttpEndpoint.DEFAULT_PORT,
            description = "Port of /metrics and /health; 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int httpPort;

    @Option(
            names = "--bind",
            paramLabel = "HOST",
            defaultValue = DevConfig.LOOPBACK,
            description = "Address to listen on; there is no authentication (default: ${DEFAULT-VALUE}).")
    private String bind;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            description = "Shard nodes; with three or more, records are kept three times (default: as many as the data "
                    + "was made with, or 1).")
    private @Nullable Integer nodes;

    @Option(
            names = "--snapshots",
            paramLabel = "DIR",
            description = "The folder that snapshots are written to and restored from (default: DATA/snapshots).")
    private @Nullable Path snapshots;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description = "A folder with more embedding models: NAME/model.onnx and NAME/tokenizer.json each.")
    private @Nullable Path models;

    @Spec(Target.MIXEE)
    private CommandSpec command;

    public DevConfig config() {
        requirePort("--port", port);
        requirePort("--http-port", httpPort);
        return new DevConfig(data, bind, port, httpPort, nodes(), snapshots, models);
    }

    /** 0 where none was given. */
    private int nodes() {
        if (nodes == null) {
            return 0;
        }
        if (nodes < 1 || nodes > DevConfig.MAX_NODES) {
            throw new ParameterException(
                    command.commandLine(), "--nodes " + nodes + " is not in 1 to " + DevConfig.MAX_NODES);
        }
        return nodes;
    }

    private void requirePort(String option, int value) {
        if (value < 0 || value > MAX_PORT) {
            throw new ParameterException(command.commandLine(), option + " " + value + " is not in 0 to " + MAX_PORT);
        }
    }
}
