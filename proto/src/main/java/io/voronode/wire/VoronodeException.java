package io.voronode.wire;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Everything that Voronode reports as an error, by whose fault it is. The message is for the user and carries the values;
 * {@link Statuses} maps each kind to a gRPC status, and back.
 */
public abstract sealed class VoronodeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private VoronodeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Whether the same request may succeed later without any change. */
    public boolean retryable() {
        return false;
    }

    /** The request is wrong and will stay wrong. */
    public static final class BadInput extends VoronodeException {
        private static final long serialVersionUID = 1;

        public BadInput(String message) {
            super(message, null);
        }
    }

    /** What the request names does not exist. */
    public static final class NotFound extends VoronodeException {
        private static final long serialVersionUID = 1;

        public NotFound(String message) {
            super(message, null);
        }
    }

    /** What the request would make exists. */
    public static final class AlreadyExists extends VoronodeException {
        private static final long serialVersionUID = 1;

        public AlreadyExists(String message) {
            super(message, null);
        }
    }

    /** The request does not fit the present state; the reason is for programs. */
    public static final class Conflict extends VoronodeException {
        private static final long serialVersionUID = 1;

        private final Reason reason;

        public Conflict(Reason reason, String message) {
            super(message, null);
            this.reason = reason;
        }

        public Reason reason() {
            return reason;
        }
    }

    /** The asked node does not lead the partition. */
    public static final class NotLeader extends VoronodeException {
        private static final long serialVersionUID = 1;

        private final @Nullable String leader;

        /** The leader is the name of the node that is believed to lead, where one is known. */
        public NotLeader(String message, @Nullable String leader) {
            super(message, null);
            this.leader = leader;
        }

        public @Nullable String leader() {
            return leader;
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }

    /** More load than capacity. */
    public static final class Overload extends VoronodeException {
        private static final long serialVersionUID = 1;

        private final transient Duration retryDelay;

        public Overload(String message, Duration retryDelay) {
            super(message, null);
            this.retryDelay = retryDelay;
        }

        public Duration retryDelay() {
            return retryDelay;
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }

    /** A message, most often the answer, is larger than one may be: ask for less at a time. */
    public static final class TooLarge extends VoronodeException {
        private static final long serialVersionUID = 1;

        public TooLarge(String message) {
            super(message, null);
        }
    }

    /** A part that is needed cannot be reached or is not ready. */
    public static final class Unavailable extends VoronodeException {
        private static final long serialVersionUID = 1;

        public Unavailable(String message) {
            super(message, null);
        }

        public Unavailable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }

    /** The time that the caller gave is over; a write may or may not have been applied. */
    public static final class DeadlineExceeded extends VoronodeException {
        private static final long serialVersionUID = 1;

        public DeadlineExceeded(String message) {
            super(message, null);
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }

    /** Stored data is damaged; the message names the file. */
    public static final class Corruption extends VoronodeException {
        private static final long serialVersionUID = 1;

        public Corruption(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** Voronode is wrong. */
    public static final class Bug extends VoronodeException {
        private static final long serialVersionUID = 1;

        public Bug(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** Why a request does not fit the present state, in words that programs compare. */
    public enum Reason {
        /** An order of a controller that has been replaced. */
        STALE_EPOCH,
        /** The node does not hold the named partition or shard. */
        NOT_HOSTED,
        /** A position of another history of the partition. */
        OTHER_LINEAGE,
        /** A position that the partition has not reached: what it spoke of is gone, or never was. */
        FUTURE_POSITION,
        /** The collection is not in a state for this. */
        NOT_POSSIBLE_NOW
    }
}
