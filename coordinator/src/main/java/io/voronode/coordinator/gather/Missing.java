package io.voronode.coordinator.gather;

import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Overload;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why a shard was not searched.
 *
 * @param overload what its node said where it had too much to do
 */
record Missing(String reason, @Nullable Overload overload) {
    static Missing of(String node, VoronodeException failure) {
        return new Missing(
                "node " + node + ": " + failure.getMessage(), failure instanceof Overload overload ? overload : null);
    }

    /** What a search fails with: an overload, for the longest time that was asked for, where nothing else is the matter. */
    static VoronodeException failure(String message, Collection<Missing> shards) {
        List<Overload> overloads = shards.stream()
                .flatMap(missing -> Stream.ofNullable(missing.overload()))
                .toList();
        return overloads.isEmpty() || overloads.size() < shards.size()
                ? new Unavailable(message)
                : new Overload(
                        message,
                        overloads.stream()
                                .map(Overload::retryDelay)
                                .max(Comparator.naturalOrder())
                                .orElseThrow());
    }
}
