package io.voronode.cli.server;

import io.voronode.cli.DurationConverter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What every process of a cluster takes. Filled by picocli, used by one thread. */
final class ServerOptions {
    private static final int MAX_PORT = 65_535;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
    /** What a socket may be bound to and nobody can connect to. */
    private static final Set<String> EVERYWHERE = Set.of("0.0.0.0", "::", "[::]", "0:0:0:0:0:0:0:0");

    @Option(
            names = ServerSettings.CONFIG,
            paramLabel = "FILE",
            description = "YAML file of settings: option names without dashes, and values.")
    private @Nullable Path config;

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "Its name in the cluster.")
    private String name;

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            defaultValue = "voronode",
            description = "The cluster's name: its folder in ZooKeeper (default: ${DEFAULT-VALUE}).")
    private String cluster;

    @Option(
            names = "--zookeeper",
            required = true,
            split = ",",
            paramLabel = "HOST:PORT",
            description = "The servers of the ZooKeeper ensemble, separated by commas.")
    private List<String> zookeeper;

    @Option(
            names = "--session-timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "Time after which ZooKeeper takes a silent process for dead (default: ${DEFAULT-VALUE}).")
    private Duration sessionTimeout;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "The folder that it keeps its data in.")
    private Path data;

    @Option(
            names = "--bind",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "Address to listen on; there is no authentication (default: ${DEFAULT-VALUE}).")
    private String bind;

    @Option(
            names = "--advertise",
            paramLabel = "HOST",
            description = "Host name or address at which others reach it (default: the one it listens on).")
    private @Nullable String advertise;

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Nullable
    Path config() {
        return config;
    }

    String name() {
        return requireName("--name", name);
    }

    String cluster() {
        return requireName("--cluster", cluster);
    }

    private String requireName(String option, String value) {
        if (!NAME.matcher(value).matches()) {
            throw usage(option + " \"" + value + "\" does not match " + NAME);
        }
        return value;
    }

    String zookeeper() {
        return String.join(",", zookeeper);
    }

    Duration sessionTimeout() {
        if (sessionTimeout.toMillis() < 1_000 || sessionTimeout.toMinutes() > 10) {
            throw usage("--session-timeout " + sessionTimeout.toMillis() + "ms is not within 1s to 10m");
        }
        return sessionTimeout;
    }

    Path data() {
        return data.toAbsolutePath().normalize();
    }

    String bind() {
        return bind;
    }

    boolean onLoopback() {
        try {
            return InetAddress.getByName(bind).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw usage("there is no host " + bind);
        }
    }

    String advertised() {
        String host = advertise == null ? bind : advertise;
        if (EVERYWHERE.contains(host)) {
            throw usage("others cannot reach " + host + ": name this machine with --advertise");
        }
        return host;
    }

    /** A port that has been given, or 0 for any free one. */
    int port(String option, int port) {
        if (port < 0 || port > MAX_PORT) {
            throw usage(option + " " + port + " is not in 0 to " + MAX_PORT);
        }
        return port;
    }

    long atLeastOne(String option, long value) {
        if (value < 1) {
            throw usage(option + " " + value + " is below 1");
        }
        return value;
    }

    /** A folder that must be there, where one is named. */
    @Nullable
    Path existing(String option, @Nullable Path folder) {
        if (folder != null && !Files.isDirectory(folder)) {
            throw usage(option + " " + folder + " is not a folder");
        }
        return folder;
    }

    ParameterException usage(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    CommandSpec command() {
        return command;
    }
}
