package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.voronode.coordinator.image.CellMapStore;
import io.voronode.coordinator.image.ClusterImages;
import io.voronode.coordinator.snapshot.RestoredCollections;
import io.voronode.coordinator.zookeeper.ZooKeeperClient;
import io.voronode.wire.Channels;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.apache.curator.framework.CuratorFramework;

/**
 * A coordinator's part in the cluster: its connection to ZooKeeper, the image it works from, the users' wishes about collections,
 * and the controller that carries them out while this coordinator leads. Wires these together; starts and closes them in order.
 */
public final class ControlPlane implements AutoCloseable {
    /** Seen by tests, which end its session. */
    final CuratorFramework client;

    private final ClusterImages images;
    private final Leadership leadership;
    private final Controller controller;
    private final CollectionAdmin collections;
    private final Restores restores;
    private final RecalibrationCall recalibrationCall;
    private final List<BindableService> services;
    private final String id;

    private ControlPlane(
            ControlPlaneConfig config,
            Channels channels,
            ModelDimensions models,
            ControlTimings timings,
            CuratorFramework client) {
        this.client = client;
        ClusterTree paths = new ClusterTree(config.cluster());
        TreeFolders.ensure(client, paths);
        id = config.coordinator() + "-" + UUID.randomUUID().toString().substring(0, 8);
        images = ClusterImages.start(client, paths, id, config.dataFolder(), channels);
        NodeProbe probe = new NodeProbe(channels, () -> images.tree().live().values());
        TrainingJobs jobs = new TrainingJobs();
        Recalibrations recalibrations = new Recalibrations(timings.recalibration(), System::nanoTime);
        recalibrationCall = new RecalibrationCall(channels, images::tree, recalibrations);
        Recoveries recoveries = new Recoveries(images, probe);
        leadership = new Leadership(client, paths, id, recoveries::refuseAll);
        RecoveryCall recovery = new RecoveryCall(channels, images, recoveries, leadership::leads, timings.settling());
        controller = new Controller(
                leadership,
                images,
                probe,
                jobs,
                recalibrations,
                recoveries,
                channels,
                config.policy(),
                timings,
                InstantSource.system());
        collections = new CollectionAdmin(
                client,
                paths,
                images,
                probe,
                new TrainingProbe(channels, jobs),
                models,
                InstantSource.system(),
                config.policy().replication());
        restores = new Restores(collections, new CollectionConfigs(client, paths), images, id);
        services = List.of(
                new CollectionRpc(collections),
                new ClusterRpc(
                        images, probe, new ClusterAdmin(new ClusterOrders(client, paths), images, probe), recovery),
                new ControllerRpc(jobs, recalibrations, recovery));
        leadership.start();
        controller.start();
    }

    /**
     * Joins the cluster. Returns when ZooKeeper has answered; the image may still be empty ({@link ClusterImages#await}).
     *
     * @param channels to the nodes; stays the caller's and is closed after this
     * @throws Unavailable if ZooKeeper does not answer
     */
    public static ControlPlane start(ControlPlaneConfig config, Channels channels, ModelDimensions models) {
        return start(config, channels, models, ControlTimings.DEFAULT);
    }

    static ControlPlane start(
            ControlPlaneConfig config, Channels channels, ModelDimensions models, ControlTimings timings) {
        CuratorFramework client = ZooKeeperClient.connect(config.zookeeper(), config.sessionTimeout());
        try {
            ZooKeeperClient.await(client, config.zookeeper());
            return new ControlPlane(config, channels, models, timings, client);
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /** The id of this coordinator's liveness znode. */
    public String id() {
        return id;
    }

    /** Whether this coordinator is the controller, as far as it knows. */
    public boolean controls() {
        return leadership.leads();
    }

    /** Whether it is the controller and changes nothing before a recovery, because the tree contradicts what the nodes hold. */
    public boolean holds() {
        return controller.holding();
    }

    public ClusterImages images() {
        return images;
    }

    public CellMapStore cellMaps() {
        return images.cellMaps();
    }

    public CollectionAdmin collections() {
        return collections;
    }

    /**
     * Asks the controller to calibrate a serving generation anew. Blocks.
     *
     * @param calibrationDigest of the calibration that is to be replaced; where another one is in force, nothing happens
     * @param queries of users, normalised for COSINE
     * @return false if not now
     * @throws io.voronode.wire.VoronodeException if the controller cannot be asked
     */
    public boolean recalibrate(
            ByteString collectionUuid, int generation, ByteString calibrationDigest, List<float[]> queries) {
        return recalibrationCall.send(collectionUuid, generation, calibrationDigest, queries);
    }

    /** The tree's part in restoring snapshots. */
    public RestoredCollections restores() {
        return restores;
    }

    /** CollectionService, ClusterService and ControllerService, for the coordinator's server. */
    public List<BindableService> services() {
        return services;
    }

    /** Lets the cluster know that this coordinator serves clients at the address; to be called once its server listens. */
    public void announce(String address) {
        images.announce(address);
    }

    /** Stops controlling, then following, then disconnects, which ends the ephemeral znodes. */
    @Override
    public void close() {
        restores.close();
        controller.close();
        images.close();
        client.close();
    }
}
