package io.voronode.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The configuration of a ZooKeeper ensemble on this machine; one server stands alone, three or five elect a leader. Immutable. */
final class ZooKeeperEnsemble {
    private static final Path SCRIPT = Launcher.script("zookeeper");

    private final List<Server> servers = new ArrayList<>();

    private record Server(int number, Path config, int clientPort, int quorumPort, int electionPort) {
        String name() {
            return "zookeeper-" + number;
        }
    }

    /** Writes the configuration of the servers under the folder. */
    ZooKeeperEnsemble(Path folder, int count, PortLease ports) {
        for (int number = 1; number <= count; number++) {
            Path config = folder.resolve("zookeeper-" + number).resolve("zoo.cfg");
            servers.add(new Server(number, config, ports.port(), ports.port(), ports.port()));
        }
        servers.forEach(this::write);
    }

    private void write(Server server) {
        Path home = server.config().resolveSibling("data");
        List<String> lines = new ArrayList<>(List.of(
                "tickTime=500",
                "initLimit=20",
                "syncLimit=10",
                "dataDir=" + home,
                "clientPort=" + server.clientPort(),
                "clientPortAddress=127.0.0.1",
                "admin.enableServer=false",
                "maxClientCnxns=0"));
        if (servers.size() > 1) {
            servers.forEach(peer -> lines.add(
                    "server." + peer.number() + "=127.0.0.1:" + peer.quorumPort() + ":" + peer.electionPort()));
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
        return IntStream.range(0, servers.size())
                .mapToObj(servers::get)
                .filter(server -> server.name().equals(name))
                .map(server -> List.of(SCRIPT.toString(), server.config().toString()))
                .findFirst()
                .orElseThrow();
    }

    String connectString() {
        return servers.stream()
                .map(server -> "127.0.0.1:" + server.clientPort())
                .collect(Collectors.joining(","));
    }
}
