package io.voronode.cli.dev;

import io.voronode.cli.CliException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Asks the system whether ports are free, so that a taken one can be told in a sentence before anything is started. */
final class Ports {
    static final int RAFT = 7711;
    /** Below the range that systems hand out to outgoing connections, so that a port found here stays free over restarts. */
    private static final int TRIED = 1_000;

    private Ports() {}

    /**
     * Does nothing when one can listen there.
     *
     * @throws CliException a sentence that names the port
     */
    static void requireFree(String host, int port, String advice) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
        } catch (UnknownHostException e) {
            throw new CliException("there is no host " + host, e);
        } catch (IOException e) {
            throw new CliException(
                    "port " + port + " on " + host + " cannot be used (" + e.getMessage() + "): " + advice, e);
        }
    }

    /** The first port from this one on that is free on the loopback address. */
    static int firstFree(int from) {
        for (int port = from; port < from + TRIED; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // Taken: the next one.
            }
        }
        throw new CliException("no port from " + from + " to " + (from + TRIED - 1) + " is free");
    }
}
