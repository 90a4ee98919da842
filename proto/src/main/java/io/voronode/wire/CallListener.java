package io.voronode.wire;

import io.grpc.Status;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/** Is told of every call that a server has answered ({@link CallClock}). Called on threads of the server; must be quick. */
@FunctionalInterface
public interface CallListener {
    /** For servers that nobody measures. */
    CallListener NONE = (service, method, code, nanos) -> {};

    /** Upper bounds of the classes that durations are counted in: the same in every server, so that counts may be added up. */
    List<Duration> BOUNDS = Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000)
            .map(Duration::ofMillis)
            .toList();

    /** The same for parts of calls, many of which take less than a millisecond. */
    List<Duration> PART_BOUNDS = Stream.of(
                    100,
                    200,
                    500,
                    1_000,
                    2_000,
                    5_000,
                    10_000,
                    20_000,
                    50_000,
                    100_000,
                    200_000,
                    500_000,
                    1_000_000,
                    2_000_000,
                    5_000_000,
                    10_000_000)
            .map(micros -> Duration.of(micros, ChronoUnit.MICROS))
            .toList();

    /**
     * A call has ended.
     *
     * @param service its full name, as {@code voronode.v1.SearchService}
     * @param method its short name, as {@code Search}
     * @param nanos since its headers came; of a stream, its whole life
     */
    void ended(String service, String method, Status.Code code, long nanos);
}
