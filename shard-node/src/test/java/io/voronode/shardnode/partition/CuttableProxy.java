package io.voronode.shardnode.partition;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Passes TCP connections on, as slowly as it is told, until it is cut: then neither side hears the other. */
final class CuttableProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final String host;
    private final int port;
    private volatile BooleanSupplier cutWhen = () -> false;
    private final Set<Socket> callers = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private volatile long bytesPerSecond = Long.MAX_VALUE;

    private CuttableProxy(String host, int port) throws IOException {
        this.host = host;
        this.port = port;
        this.listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    }

    static CuttableProxy to(String address) {
        try {
            int colon = address.lastIndexOf(':');
            CuttableProxy proxy =
                    new CuttableProxy(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
            Thread.ofVirtual().start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** Cuts as soon as the server is in a state, and before the callers hear anything that it says in that state. */
    void cutWhen(BooleanSupplier state) {
        cutWhen = state;
    }

    void heal() {
        cutWhen = () -> false;
        cut = false;
    }

    /** Of each connection and direction. */
    void limit(long bytes) {
        bytesPerSecond = bytes;
    }

    /** Breaks off all connections; new ones are passed on. */
    void breakOff() throws IOException {
        for (Socket caller : callers) {
            caller.close();
        }
    }

    boolean isCut() {
        return cut;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                connect(listener.accept());
            } catch (IOException e) {
                // Closed, or the server is away; the caller tries again.
            }
        }
    }

    private void connect(Socket caller) throws IOException {
        try {
            Socket server = new Socket(host, port);
            caller.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            callers.add(caller);
            Thread.ofVirtual().start(() -> pass(caller, server));
            Thread.ofVirtual().start(() -> pass(server, caller));
        } catch (IOException e) {
            caller.close();
            throw e;
        }
    }

    private void pass(Socket from, Socket to) {
        byte[] buffer = new byte[1 << 16];
        try (from;
                to) {
            for (int read = from.getInputStream().read(buffer);
                    read >= 0;
                    read = from.getInputStream().read(buffer)) {
                if (cutWhen.getAsBoolean()) {
                    cut = true;
                }
                while (cut && !to.isClosed()) {
                    TimeUnit.MILLISECONDS.sleep(1);
                }
                to.getOutputStream().write(buffer, 0, read);
                TimeUnit.NANOSECONDS.sleep(TimeUnit.SECONDS.toNanos(read) / bytesPerSecond);
            }
        } catch (IOException e) {
            // One end is gone, and so both are.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            callers.remove(from);
        }
    }

    @Override
    public void close() throws IOException {
        heal();
        listener.close();
    }
}
