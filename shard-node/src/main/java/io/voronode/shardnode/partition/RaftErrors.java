package io.voronode.shardnode.partition;

import io.voronode.wire.VoronodeException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.protocol.exceptions.TimeoutIOException;
import org.jspecify.annotations.Nullable;

/** Says in Voronode's words why Ratis did not apply an entry. */
final class RaftErrors {
    private static final Duration RETRY_DELAY = Duration.ofMillis(100);

    private RaftErrors() {}

    /** The function names the node of a peer id, where it is known. */
    static VoronodeException of(Throwable error, int partition, Function<String, @Nullable String> nodeOfPeer) {
        Throwable cause = unwrap(error);
        return switch (cause) {
            case VoronodeException known -> known;
            case NotLeaderException notLeader -> notLeader(partition, notLeader.getSuggestedLeader(), nodeOfPeer);
            case ResourceUnavailableException full ->
                new VoronodeException.Overload("the log of partition " + partition + " is full: " + full, RETRY_DELAY);
            case StateMachineException bug ->
                new VoronodeException.Bug("partition " + partition + " refused an entry", bug);
            case TimeoutException late ->
                new VoronodeException.Unavailable("partition " + partition + " did not commit in time", late);
            default ->
                new VoronodeException.Unavailable("partition " + partition + " could not commit: " + cause, cause);
        };
    }

    static VoronodeException notLeader(
            int partition, @Nullable RaftPeer leader, Function<String, @Nullable String> nodeOfPeer) {
        String node = leader == null ? null : nodeOfPeer.apply(leader.getId().toString());
        return new VoronodeException.NotLeader(
                "partition " + partition + " is led by " + (node == null ? "an unknown node" : node), node);
    }

    /** Whether Ratis waited for something no longer. */
    static boolean isTimeout(Throwable error) {
        return unwrap(error) instanceof TimeoutIOException;
    }

    private static Throwable unwrap(Throwable error) {
        Throwable cause = error;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
