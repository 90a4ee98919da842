package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.ClusterImages;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.image.Versioned;
import io.voronode.coordinator.placement.Placement.Candidate;
import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.proto.internal.v1.ControllerEpoch;
import io.voronode.wire.Channels;
import java.io.EOFException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop that makes true what the tree says. While this coordinator leads, again and again: read the tree, ask the nodes what is,
 * compare, take the next step of each concern. It remembers nothing that matters: every step is derived from what it reads and may be
 * repeated, so a controller that dies anywhere is continued by the next.
 *
 * <ol>
 *   <li>{@link ClusterBirth}, {@link PartitionPlacement}, {@link PeerReplacement}, {@link ReplicationGrowth}, {@link PartitionMoves}: the cluster and
 *       where its rows are.
 *   <li>Each collection by itself: {@link RestoreWatch}, {@link CollectionDrop}, {@link CollectionBirth}, {@link SpecUpdate}, {@link GenerationEnding}, {@link
 *       GenerationTraining}, {@link GenerationBuilding}, {@link GenerationCalibration}, {@link
 *       GenerationRecalibration}, {@link GenerationStart}. Trouble with one does not keep another.
 *   <li>{@link ShardMoves}, {@link Assignments}: shards go where nodes have come and from where they have gone, every node is told its
 *       part.
 * </ol>
 *
 * <p>Concurrency: one thread, "voronode-controller", runs everything but trainings and calibrations. Changes of the image wake it; it looks often while
 * something is under way and rarely otherwise. Everything it writes or orders carries its epoch ({@link FencedTree}, {@link
 * PartitionOrders}); as soon as leading is in doubt it starts nothing more.
 */
final class Controller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);
    private static final long CLOSE_TIMEOUT_MS = 5_000;
    private static final long PAUSE_AFTER_FAILURE_MS = 200;

    private final Leadership leadership;
    private final ClusterImages images;
    private final NodeProbe probe;
    private final Channels channels;
    private final ControlTimings timings;
    private final InstantSource clock;
    private final TrainingJobs jobs;
    private final Recalibrations recalibrations;
    private final Recoveries recoveries;
    private final BackgroundJobs<StoredCalibration> calibrations = new BackgroundJobs<>("voronode-calibrator");
    private final RetryTimes<ByteString> backOff;
    private final GenerationCalibration calibration;
    private final IngestSpeed speed;
    private final List<ClusterStep> clusterSteps;
    private final List<CollectionStep> collectionSteps;
    private final ShardMoves moves = new ShardMoves();
    private final Absences absences;
    private final Assignments assignments;
    private final Semaphore work = new Semaphore(0);
    private String lastFailure = "";
    private volatile boolean holding;
    private final Thread thread = new Thread(this::run, "voronode-controller");

    Controller(
            Leadership leadership,
            ClusterImages images,
            NodeProbe probe,
            TrainingJobs jobs,
            Recalibrations recalibrations,
            Recoveries recoveries,
            Channels channels,
            ClusterPolicy policy,
            ControlTimings timings,
            InstantSource clock) {
        this.leadership = leadership;
        this.images = images;
        this.probe = probe;
        this.jobs = jobs;
        this.recalibrations = recalibrations;
        this.recoveries = recoveries;
        this.channels = channels;
        this.timings = timings;
        this.clock = clock;
        backOff = new RetryTimes<>(timings.retry());
        speed = new IngestSpeed(timings.ingestWindow());
        absences = new Absences(policy.nodeGrace(), System::nanoTime);
        assignments = new Assignments(channels);
        clusterSteps = List.of(
                new ClusterBirth(policy.partitionCount(), policy.nodesAtBirth()),
                new PartitionPlacement(policy.replication(), policy.nodesAtBirth()),
                new PeerReplacement(),
                new ReplicationGrowth(policy.replication(), timings.failureGrace()),
                new PartitionMoves(policy.replication()));
        calibration = new GenerationCalibration(calibrations, images.cellMaps(), channels, timings.retry());
        collectionSteps = List.of(
                new RestoreWatch(timings.restoreGrace()),
                new CollectionDrop(jobs, calibrations),
                new CollectionBirth(),
                new SpecUpdate(),
                new GenerationEnding(timings.endGrace()),
                new GenerationTraining(jobs, channels, backOff),
                new GenerationBuilding(calibration, backOff, timings.failureGrace()),
                calibration,
                new GenerationRecalibration(recalibrations, calibrations, images.cellMaps(), channels),
                new GenerationStart(backOff, speed));
    }

    void start() {
        images.onChange(work::release);
        recoveries.onRequest(work::release);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                reign(leadership.await());
            }
        } catch (InterruptedException | EOFException e) {
            LOG.debug("the controller's thread ends", e);
        } finally {
            cancelJobs();
        }
    }

    /** From taking the epoch until it is over. */
    private void reign(FencedTree fence) throws InterruptedException {
        PartitionOrders orders = new PartitionOrders(channels, fence, images::tree);
        recalibrations.open(fence.epoch());
        try {
            while (leadership.leads()) {
                awaitWork(look(fence, orders));
            }
        } catch (Deposed e) {
            LOG.info("coordinator is no longer the controller: {}", e.getMessage());
            Thread.sleep(PAUSE_AFTER_FAILURE_MS);
        } finally {
            holding = false;
            recalibrations.close();
            cancelJobs();
            clusterSteps.forEach(ClusterStep::forget);
            collectionSteps.forEach(CollectionStep::forget);
            assignments.forget();
            absences.forget();
        }
    }

    private void cancelJobs() {
        jobs.cancelAll();
        calibrations.cancelAll();
    }

    private void awaitWork(boolean busy) throws InterruptedException {
        long wait = (busy ? timings.busy() : timings.idle()).toMillis();
        if (work.tryAcquire(wait, TimeUnit.MILLISECONDS)) {
            work.drainPermits();
        }
    }

    /** One pass; says whether to look again soon. */
    private boolean look(FencedTree fence, PartitionOrders orders) {
        try {
            TreeSnapshot tree = images.refreshTree();
            Reports all = probe.ask(tree.live().values());
            ClusterFormat format = tree.format();
            Reports own = format == null ? all : all.ofCluster(format.getClusterUuid());
            Absences.Verdict away =
                    absences.note(activeNodes(tree), own.byNode().keySet());
            Pass pass = new Pass(
                    fence,
                    tree,
                    all,
                    orders,
                    away,
                    absences.calm(timings.calm()),
                    clock.millis(),
                    System.nanoTime() / 1_000_000);
            requireOwnEpoch(fence, tree);
            recover(pass);
            return isCurrent(pass) && advance(pass.of(own));
        } catch (TreeChanged e) {
            LOG.debug("looking again", e);
            return true;
        } catch (Deposed e) {
            throw e;
        } catch (RuntimeException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new Deposed("closing");
            }
            // The next pass sees the same state and tries again; ending this thread would end the control of the
            // cluster.
            logNew(e);
            return false;
        }
    }

    /** Whether it leads and does nothing, because the tree contradicts what the nodes hold. Any thread may ask. */
    boolean holding() {
        return holding;
    }

    private static Set<String> activeNodes(TreeSnapshot tree) {
        return Pass.active(tree).stream().map(Candidate::node).collect(Collectors.toSet());
    }

    private boolean advance(Pass pass) {
        run(pass);
        lastFailure = "";
        return pass.busy();
    }

    /** An epoch that is not in the tree any more was taken from it, whether or not another has been put in its place. */
    private static void requireOwnEpoch(FencedTree fence, TreeSnapshot tree) {
        Versioned<ControllerEpoch> epoch = tree.epoch();
        if (epoch == null || epoch.value().getEpoch() != fence.epoch()) {
            throw new Deposed("epoch " + fence.epoch() + " is not in the cluster tree any more");
        }
    }

    private void recover(Pass pass) {
        long obeyed = recoveries.serve(pass);
        if (obeyed > 0) {
            leadership.exceed(obeyed);
            throw new Deposed(
                    "epoch " + pass.fence().epoch() + " is not above " + obeyed + ", which nodes have obeyed");
        }
    }

    /** Whether the tree may be acted on. While it may not, that is said once. */
    private boolean isCurrent(Pass pass) {
        Optional<String> doubt =
                TreeAge.doubt(pass.tree(), pass.reports(), pass.fence().epoch());
        if (doubt.isPresent()) {
            // Nodes that obey a higher epoch may do so because another took over since the tree was read.
            requireOwnEpoch(pass.fence(), images.refreshTree());
        }
        doubt.filter(why -> !why.equals(lastFailure))
                .ifPresent(why -> LOG.error("{}: nothing is changed before \"voronode recover\" has been run", why));
        doubt.ifPresent(why -> lastFailure = why);
        holding = doubt.isPresent();
        return doubt.isEmpty();
    }

    /** What makes passes fail may last, and each pass meets it again: it is said once. */
    private void logNew(RuntimeException e) {
        String failure = e.toString();
        if (failure.equals(lastFailure)) {
            LOG.debug("the controller's pass failed again", e);
        } else {
            LOG.warn("the controller's pass failed and is repeated", e);
        }
        lastFailure = failure;
    }

    private void run(Pass pass) {
        clusterSteps.forEach(step -> step.run(pass));
        Set<ByteString> uuids = pass.tree().collections().values().stream()
                .map(collection -> collection.spec().getUuid())
                .collect(Collectors.toSet());
        backOff.retain(uuids::contains);
        calibration.retain(uuids::contains);
        speed.retain(uuids);
        recalibrations.retain(uuids);
        pass.tree().collections().values().forEach(collection -> advance(pass, collection));
        moves.run(pass);
        assignments.run(pass);
    }

    private void advance(Pass pass, CollectionTree collection) {
        try {
            for (CollectionStep step : collectionSteps) {
                if (step.run(pass, collection)) {
                    return;
                }
            }
        } catch (TreeChanged e) {
            LOG.debug("looking again at collection \"{}\"", collection.spec().getName(), e);
            pass.lookAgainSoon();
        } catch (Deposed e) {
            throw e;
        } catch (RuntimeException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new Deposed("closing");
            }
            // One collection's trouble must not keep the others.
            LOG.warn(
                    "collection \"{}\" is looked at again: {}",
                    collection.spec().getName(),
                    e.toString());
            LOG.debug("why", e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        leadership.close();
        try {
            thread.join(CLOSE_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        jobs.close();
        calibrations.close();
    }
}
