package io.voronode.coordinator.control;

import java.time.Duration;

/**
 * How patient the controller is.
 *
 * @param idle between two looks when nothing is under way
 * @param busy between two looks while nodes work on something
 * @param endGrace how long the end of a replaced generation waits for coordinators that have not said that they left it
 * @param retry after a failed build, doubled for each further failure
 * @param failureGrace how long a shard of a build may have only failing replicas, and a node that should join a partition be away
 * @param ingestWindow how far back the speed of ingest is measured
 * @param recalibration between two calibrations of one collection by queries of users
 */
record ControlTimings(
        Duration idle,
        Duration busy,
        Duration endGrace,
        Duration retry,
        Duration failureGrace,
        Duration ingestWindow,
        Duration recalibration) {

    static final ControlTimings DEFAULT = new ControlTimings(
            Duration.ofMillis(500),
            Duration.ofMillis(50),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofHours(1));
}
