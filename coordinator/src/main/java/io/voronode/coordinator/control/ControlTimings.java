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
 * @param calm how long the same nodes must have answered before replicas move only to make them even: those that come together are one change
 * @param ingestWindow how far back the speed of ingest is measured
 * @param recalibration between two calibrations of one collection by queries of users
 * @param restoreGrace how long a coordinator that restores a snapshot may be away before what it has restored is dropped
 * @param settling how long a recovery that cannot be done yet is tried again: what took the tree has mostly just shaken the nodes, too
 */
record ControlTimings(
        Duration idle,
        Duration busy,
        Duration endGrace,
        Duration retry,
        Duration failureGrace,
        Duration calm,
        Duration ingestWindow,
        Duration recalibration,
        Duration restoreGrace,
        Duration settling) {

    static final ControlTimings DEFAULT = new ControlTimings(
            Duration.ofMillis(500),
            Duration.ofMillis(50),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofHours(1),
            Duration.ofSeconds(15),
            Duration.ofSeconds(10));
}
