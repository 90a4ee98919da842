package io.voronode.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The configuration of a ZooKeeper ensemble on this machine; one server stands alone, three or five elect a leader. Immutable. */
final class ZooKeeperEnsemble {
    private static final Path SCRIPT = Launcher.script("zookeeper");

    private final List<Server> servers = new ArrayList<>();

    private record Server(int number, String host, Path config, int clientPort, int quorumPort, int electionPort) {
        String name() {
            return nameOf(number);
        }

        String address() {
            return host + ":" + clientPort;
        }
    }

    /** Writes the configuration of the servers under the folder; the function tells the host of each. */
    ZooKeeperEnsemble(Path folder, int count, PortLease ports, UnaryOperator<String> hosts) {
        for (int number = 1; number <= count; number++) {
            Path config = folder.resolve(nameOf(number)).resolve("zoo.cfg");
            String host = hosts.apply(nameOf(number));
            servers.add(new Server(number, host, config, ports.port(), ports.port(), ports.port()));
        }
        servers.forEach(this::write);
    }

    private static String nameOf(int number) {
        return "zookeeper-" + number;
    }

    private void write(Server server) {
        Path home = server.config().resolveSibling("data");
        List<String> lines = new ArrayList<>(List.of(
                "tickTime=500",
                "initLimit=20",
                "syncLimit=10",
                "dataDir=" + home,
                "clientPort=" + server.clientPort(),
                "clientPortAddress=" + server.host(),
                "admin.enableServer=false",
                "maxClientCnxns=0"));
        if (servers.size() > 1) {
            servers.forEach(peer -> lines.add("server." + peer.number() + "=" + peer.host() + ":" + peer.quorumPort()
                    + ":" + peer.electionPort()));
        }
        try {
            Files.createDirectories(home);
            Files.write(server.config(), lines);
            Files.writeString(home.resolve("myid"), Integer.toString(server.number()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> names() {
        return servers.stream().map(Server::name).toList();
    }

    List<String> command(String name) {
        return List.of(SCRIPT.toString(), server(name).config().toString());
    }

    /** Where a server takes clients. */
    String address(String name) {
        return server(name).address();
    }

    private Server server(String name) {
        return servers.stream()
                .filter(server -> server.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    String connectString() {
        return servers.stream().map(Server::address).collect(Collectors.joining(","));
    }
}
