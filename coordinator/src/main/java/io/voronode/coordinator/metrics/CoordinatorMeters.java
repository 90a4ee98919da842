package io.voronode.coordinator.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.voronode.coordinator.control.ControlPlane;
import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.ClusterImages;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/** The meters of a coordinator's part in the cluster, read from its image when somebody asks. Any thread. */
public final class CoordinatorMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();

    public CoordinatorMeters(MeterRegistry registry, ControlPlane control) {
        this.registry = registry;
        ClusterImages images = control.images();
        gauge("voronode.controller", "1 while this coordinator is the controller", () -> flag(control.controls()));
        gauge(
                "voronode.controller.holding",
                "1 while this controller changes nothing before a recovery",
                () -> flag(control.holds()));
        gauge("voronode.controller.epoch", "Newest epoch known here", () -> epoch(images));
        gauge("voronode.zookeeper.connected", "1 while ZooKeeper is connected", () -> flag(images.connected()));
        gauge("voronode.image.nodes", "Live shard nodes", () -> liveNodes(images.current()));
        gauge("voronode.image.partitions", "Partitions", () -> images.current().partitionCount());
        gauge(
                "voronode.image.collections",
                "Collections",
                () -> images.current().collections().size());
    }

    private static double epoch(ClusterImages images) {
        var epoch = images.tree().epoch();
        return epoch == null ? 0 : epoch.value().getEpoch();
    }

    private static double liveNodes(ClusterImage image) {
        return image.nodes().values().stream()
                .filter(node -> node.liveness() != null)
                .count();
    }

    private void gauge(String name, String description, DoubleSupplier value) {
        meters.add(
                Gauge.builder(name, value::getAsDouble).description(description).register(registry));
    }

    private static double flag(boolean set) {
        return set ? 1 : 0;
    }

    /** Removes all of them. */
    @Override
    public void close() {
        meters.forEach(registry::remove);
    }
}
