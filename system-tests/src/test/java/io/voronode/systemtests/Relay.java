package io.voronode.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands for a server at another host, on the same ports, and passes on what comes, late and slowly: a long and narrow way to that server. What
 * the server sends to others by itself does not come this way. One thread opens and closes it; each connection has threads of its own.
 */
public final class Relay implements AutoCloseable {
    private static final int CHUNK_BYTES = 4 << 10;
    /** Chunks on their way in one direction of a connection; then the sender has to wait. */
    private static final int MOST_UNDER_WAY = 64;

    private final String target;
    private final long delayNanos;
    private final long nanosPerByte;
    private final List<ServerSocket> doors = new ArrayList<>();
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicLong passed = new AtomicLong();
    /** When each direction has room for the next byte: all connections share the width. */
    private final AtomicLong[] free = {new AtomicLong(), new AtomicLong()};

    private record Chunk(ByteBuffer bytes, long dueNanos) {}

    /**
     * Opens the doors.
     *
     * @param delay of each byte, in each direction
     * @param bytesPerSecond in each direction
     */
    public Relay(String host, List<Integer> ports, String target, Duration delay, long bytesPerSecond) {
        this.target = target;
        this.delayNanos = delay.toNanos();
        this.nanosPerByte = Duration.ofSeconds(1).toNanos() / bytesPerSecond;
        try {
            for (int port : ports) {
                ServerSocket door = new ServerSocket(port, 0, InetAddress.getByName(host));
                doors.add(door);
                Thread.ofVirtual().name("relay-" + port).start(() -> serve(door));
            }
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes that it has passed on, both directions together. */
    public long passed() {
        return passed.get();
    }

    private void serve(ServerSocket door) {
        while (!door.isClosed()) {
            try {
                Socket near = door.accept();
                sockets.add(near);
                Thread.ofVirtual().start(() -> join(near, door.getLocalPort()));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void join(Socket near, int port) {
        try {
            Socket far = new Socket(target, port);
            sockets.add(far);
            far.setTcpNoDelay(true);
            near.setTcpNoDelay(true);
            carry(near, far, free[0]);
            carry(far, near, free[1]);
        } catch (IOException e) {
            end(near);
        }
    }

    private void carry(Socket from, Socket to, AtomicLong room) {
        BlockingQueue<Chunk> underWay = new ArrayBlockingQueue<>(MOST_UNDER_WAY);
        Thread.ofVirtual().start(() -> take(from, to, underWay, room));
        Thread.ofVirtual().start(() -> deliver(from, to, underWay));
    }

    private void take(Socket from, Socket to, BlockingQueue<Chunk> underWay, AtomicLong room) {
        byte[] buffer = new byte[CHUNK_BYTES];
        try {
            int read = 0;
            while (read >= 0) {
                read = from.getInputStream().read(buffer);
                // An empty one is the last.
                byte[] bytes = Arrays.copyOf(buffer, Math.max(0, read));
                underWay.put(new Chunk(ByteBuffer.wrap(bytes), dueNanos(bytes.length, room)));
            }
        } catch (IOException e) {
            end(from);
            end(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long dueNanos(int bytes, AtomicLong room) {
        long now = System.nanoTime();
        long sent = room.accumulateAndGet(bytes * nanosPerByte, (last, takes) -> Math.max(last, now) + takes);
        return sent + delayNanos;
    }

    private void deliver(Socket from, Socket to, BlockingQueue<Chunk> underWay) {
        try {
            for (Chunk chunk = underWay.take(); chunk.bytes().hasRemaining(); chunk = underWay.take()) {
                for (long left = left(chunk); left > 0; left = left(chunk)) {
                    LockSupport.parkNanos(left);
                }
                to.getOutputStream().write(chunk.bytes().array());
                passed.addAndGet(chunk.bytes().remaining());
            }
            to.shutdownOutput();
        } catch (IOException e) {
            end(from);
            end(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long left(Chunk chunk) {
        return chunk.dueNanos() - System.nanoTime();
    }

    private static void end(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            throw new IllegalStateException("a socket cannot be closed", e);
        }
    }

    @Override
    public void close() {
        doors.forEach(Relay::end);
        sockets.forEach(Relay::end);
    }
}
