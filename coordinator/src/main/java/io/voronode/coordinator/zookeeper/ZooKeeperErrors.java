package io.voronode.coordinator.zookeeper;

import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Bug;
import io.voronode.wire.VoronodeException.Unavailable;
import org.apache.zookeeper.KeeperException;

/** What an error of ZooKeeper means for a request. Curator declares nothing narrower than {@link Exception}. */
public final class ZooKeeperErrors {
    private ZooKeeperErrors() {}

    /** The error for the user; an interrupt stays set on the thread. Answers that mean something to the caller are caught before. */
    public static VoronodeException translate(String action, Exception error) {
        if (error instanceof VoronodeException known) {
            return known;
        }
        if (error instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return new Unavailable("interrupted: " + action, error);
        }
        if (error instanceof KeeperException keeper && !isTransient(keeper.code())) {
            return new Bug(action + ": " + keeper.getMessage(), keeper);
        }
        // Beside lost connections these are Curator's IllegalStateException of a client that is being closed.
        return new Unavailable("ZooKeeper is not available (" + error.getMessage() + "): " + action, error);
    }

    private static boolean isTransient(KeeperException.Code code) {
        return switch (code) {
            case CONNECTIONLOSS, OPERATIONTIMEOUT, SESSIONEXPIRED, SESSIONMOVED, REQUESTTIMEOUT, THROTTLEDOP -> true;
            default -> false;
        };
    }
}
