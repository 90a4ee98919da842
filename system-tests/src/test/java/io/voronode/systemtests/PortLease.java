package io.voronode.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A block of ports of this machine, for one test at a time. It is held by a lock on a file that all tests of the machine share, so that no
 * other test takes its ports while a server is down between two of its lives; and it lies below the ports that the system gives to outgoing
 * connections, so that none of those does either. One thread uses it.
 */
final class PortLease implements AutoCloseable {
    private static final int FIRST = 20_000;
    private static final int SIZE = 40;
    private static final int BLOCKS = 250;

    private final FileChannel channel;
    private final FileLock lock;
    private final int block;
    private final int first;
    private int next;

    private PortLease(FileChannel channel, FileLock lock, int block) {
        this.channel = channel;
        this.lock = lock;
        this.block = block;
        this.first = FIRST + block * SIZE;
    }

    /** Takes the first block that nobody holds and of which every port is free. */
    static PortLease take() {
        try {
            Path folder = Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir"), "voronode-test-ports"));
            for (int block = 0; block < BLOCKS; block++) {
                PortLease lease = lock(folder.resolve(Integer.toString(block)), block);
                if (lease != null && lease.isFree()) {
                    return lease;
                }
                if (lease != null) {
                    lease.close();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("no block of " + SIZE + " ports is free");
    }

    private static @Nullable PortLease lock(Path file, int block) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new PortLease(channel, lock, block);
            }
        } catch (OverlappingFileLockException e) {
            // Another test of this JVM holds it.
        }
        channel.close();
        return null;
    }

    private boolean isFree() {
        for (int port = first; port < first + SIZE; port++) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    /** A number that no other lease has at the time, below 250. */
    int block() {
        return block;
    }

    /** Another port of the block. */
    int port() {
        if (next == SIZE) {
            throw new AssertionError("a test needs more than " + SIZE + " ports");
        }
        return first + next++;
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
