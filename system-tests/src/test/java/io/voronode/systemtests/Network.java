package io.voronode.systemtests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A network within this machine, whose links can be cut: every process of a cluster has a network namespace with an address of its own, and
 * all of them hang on one bridge, as does this process. Vanishes when it is closed. Needs the rights of root. One thread uses it.
 *
 * <p>Packets are lost as on a broken link, without a word to anybody: for the sender's namespace the receiver gets a hardware address that
 * nobody has. That is one direction of a link; what the receiver sends still arrives. Processes of this machine that are in no namespace
 * of it, such as the test, reach all of them all the time.
 */
public final class Network implements AutoCloseable {
    /** For measurements of networks by RFC 2544: nobody has an address of these. */
    private static final String PREFIX = "198.18.";

    private static final int OWN_ADDRESS = 254;
    private static final int RELAY_ADDRESS = 253;
    private static final int MOST = 12;
    private static final String NOBODY = "02:00:00:00:00:01";
    private static final int UNUSED_PORT = 9;

    private final int number;
    private final String bridge;
    private final Map<String, Integer> members = new LinkedHashMap<>();
    private final Set<Direction> lost = new LinkedHashSet<>();
    /** Nothing is left behind where a test is broken off. */
    private final Thread atExit = new Thread(this::vanish);

    /** Of packets between two members. */
    private record Direction(String from, String to) {}

    private Network(int number) {
        this.number = number;
        this.bridge = "vn" + number;
    }

    /**
     * Empty, with a printed reason, where this process may make none.
     *
     * @param number that no other network of this machine has at the time, up to 255
     */
    static Optional<Network> make(int number) {
        Network network = new Network(number);
        network.vanish();
        String refusal = network.setUp();
        if (!refusal.isEmpty()) {
            System.out.println("no network of its own for the cluster: " + refusal);
            network.vanish();
            return Optional.empty();
        }
        Runtime.getRuntime().addShutdownHook(network.atExit);
        return Optional.of(network);
    }

    private String setUp() {
        try {
            require("ip", "link", "add", bridge, "type", "bridge");
            require("ip", "address", "add", address(OWN_ADDRESS) + "/24", "dev", bridge);
            require("ip", "address", "add", relayHost() + "/24", "dev", bridge);
            require("ip", "link", "set", bridge, "up");
            for (int member = 1; member <= MOST; member++) {
                plugIn(member);
            }
            return isConnected() ? "" : "a firewall of this machine stands between its members";
        } catch (AssertionError e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void plugIn(int member) {
        String space = namespace(member);
        require("ip", "netns", "add", space);
        require("ip", "link", "add", link(member), "type", "veth", "peer", "name", "eth0", "netns", space);
        require("ip", "link", "set", link(member), "master", bridge, "up");
        require("ip", "-n", space, "address", "add", address(member) + "/24", "dev", "eth0");
        require("ip", "-n", space, "link", "set", "eth0", "up");
        require("ip", "-n", space, "link", "set", "lo", "up");
    }

    /** Whether a packet from one member to another is answered, if only by a refusal. */
    private boolean isConnected() {
        List<String> command = new ArrayList<>(List.of("timeout", "5"));
        command.addAll(enter(1));
        command.addAll(List.of("bash", "-c", "echo > /dev/tcp/" + address(2) + "/" + UNUSED_PORT));
        return run(command).said().contains("refused");
    }

    private String namespace(int member) {
        return bridge + "-" + member;
    }

    /** This end of the link of a member. */
    private String link(int member) {
        return bridge + "-" + member;
    }

    private String address(int host) {
        return PREFIX + number + "." + host;
    }

    private List<String> enter(int member) {
        return List.of("nsenter", "--net=/run/netns/" + namespace(member));
    }

    // ---- members

    /** Gives a process a namespace. */
    void join(String name) {
        if (members.size() == MOST) {
            throw new AssertionError("the network has no place for more than " + MOST);
        }
        members.put(name, members.size() + 1);
    }

    private int member(String name) {
        Integer member = members.get(name);
        if (member == null) {
            throw new AssertionError(name + " is not in the network, only " + members.keySet());
        }
        return member;
    }

    /** Of a member. */
    String address(String name) {
        return address(member(name));
    }

    /** Another address of this process. */
    String relayHost() {
        return address(RELAY_ADDRESS);
    }

    /** A command that becomes this one, in the namespace of a member. */
    List<String> within(String name, List<String> command) {
        List<String> whole = new ArrayList<>(enter(member(name)));
        whole.addAll(command);
        return whole;
    }

    // ---- what goes wrong

    /** From now on packets of one member to another are lost; those in the other direction are not. */
    public void lose(String from, String to) {
        lost.add(new Direction(from, to));
        neighbour("replace", from, to, "lladdr", NOBODY, "nud", "permanent");
    }

    /** Two members cannot see each other any more. */
    public void cut(String one, String other) {
        lose(one, other);
        lose(other, one);
    }

    /** One member sees none of the others any more, and they do not see it. */
    public void isolate(String name) {
        members.keySet().stream().filter(other -> !other.equals(name)).forEach(other -> cut(name, other));
    }

    /** Everybody sees everybody again. */
    public void heal() {
        lost.forEach(direction -> neighbour("delete", direction.from(), direction.to()));
        lost.clear();
    }

    private void neighbour(String change, String from, String to, String... how) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", namespace(member(from)), "neighbour", change));
        command.addAll(List.of(address(to), "dev", "eth0"));
        command.addAll(List.of(how));
        require(command.toArray(String[]::new));
    }

    // ---- commands

    private record Outcome(int code, String said) {}

    private static void require(String... command) {
        Outcome outcome = run(List.of(command));
        if (outcome.code() != 0) {
            throw new AssertionError(String.join(" ", command) + ": "
                    + (outcome.said().isEmpty() ? "exit code " + outcome.code() : outcome.said()));
        }
    }

    private static Outcome run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), said.strip());
        } catch (IOException e) {
            return new Outcome(-1, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome(-1, "interrupted");
        }
    }

    @Override
    public void close() {
        if (Runtime.getRuntime().removeShutdownHook(atExit)) {
            vanish();
        }
    }

    /** Of what is there, whatever was left by whom. */
    private void vanish() {
        for (int member = 1; member <= MOST; member++) {
            run(List.of("ip", "link", "delete", link(member)));
            run(List.of("ip", "netns", "delete", namespace(member)));
        }
        run(List.of("ip", "link", "delete", bridge));
    }
}
