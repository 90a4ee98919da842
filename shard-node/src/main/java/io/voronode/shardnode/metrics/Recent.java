package io.voronode.shardnode.metrics;

import io.micrometer.core.instrument.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A description that the meters of one scrape share: made anew only when the last one is older than a second. Any thread. */
final class Recent<T> {
    private static final Duration SHARED_FOR = Duration.ofSeconds(1);

    private final Supplier<T> source;
    private final Clock clock;
    private @Nullable T last;
    private long madeNanos;

    Recent(Supplier<T> source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    synchronized T get() {
        long now = clock.monotonicTime();
        T known = last;
        if (known != null && now - madeNanos < TimeUnit.NANOSECONDS.convert(SHARED_FOR)) {
            return known;
        }
        T made = source.get();
        last = made;
        madeNanos = now;
        return made;
    }
}
