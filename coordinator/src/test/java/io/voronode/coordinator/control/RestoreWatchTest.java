package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.image.Versioned;
import io.voronode.coordinator.snapshot.RestoredCollections;
import io.voronode.proto.internal.v1.CollectionNode;
import io.voronode.proto.v1.CollectionConfig;
import io.voronode.wire.VoronodeException.AlreadyExists;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.NotFound;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RestoreWatchTest extends ControlTest {
    private static final CollectionConfig CONFIG = ControlBed.config("things");

    private ControlPlane formed() {
        ControlPlane plane = bed.plane("a", 2);
        var _ = bed.nodes.addNode("n1", "z1");
        var _ = ControlBed.await(plane, ClusterImage::formed);
        return plane;
    }

    private boolean isThere(ControlPlane plane) {
        return plane.images().refreshTree().collections().containsKey("things");
    }

    @Test
    void aControllerThatLeadsAgainWaitsTheWholeTimeAnew() {
        RestoreWatch watch = new RestoreWatch(Duration.ofSeconds(15));
        CollectionNode restored =
                CollectionNode.newBuilder().setRestoringCoordinator("gone").build();
        CollectionTree collection = new CollectionTree(new Versioned<>(restored, 1), null, new TreeMap<>());
        assertThat(watch.run(passAt(0), collection)).isFalse();

        watch.forget();

        assertThat(watch.run(passAt(3_600_000), collection)).isFalse();
        assertThat(watch.run(passAt(3_614_999), collection)).isFalse();
    }

    /** Of an empty tree, in which nothing may be changed. */
    @SuppressWarnings("NullAway")
    private static Pass passAt(long tickMs) {
        return new Pass(null, TreeSnapshot.EMPTY, null, null, null, true, 0, tickMs);
    }

    @Test
    void nobodySeesACollectionBeforeItIsWhole() {
        ControlPlane plane = formed();
        RestoredCollections restores = plane.restores();

        CollectionImage made = restores.begin(CONFIG);

        assertThat(made.restoring()).isTrue();
        assertThat(plane.collections().list()).isEmpty();
        assertThatThrownBy(() -> plane.collections().get("things")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> plane.images().current().collection("things"))
                .isInstanceOf(NotFound.class)
                .hasMessageContaining("is still being restored");
        assertThatThrownBy(() -> plane.collections().create(CONFIG, ControlBed.NO_ID, Duration.ofSeconds(5)))
                .isInstanceOf(AlreadyExists.class);
        assertThatThrownBy(() -> plane.collections().retrain("things")).isInstanceOf(NotFound.class);

        assertThat(restores.open(made).getConfig().getName()).isEqualTo("things");

        assertThat(plane.collections().list()).hasSize(1);
        assertThat(plane.images().current().collection("things").restoring()).isFalse();
    }

    @Test
    void whatIsAbandonedIsGoneAndALaterCollectionOfItsNameStays() {
        ControlPlane plane = formed();
        CollectionImage made = plane.restores().begin(CONFIG);

        plane.restores().abandon(made);

        ControlBed.eventually(() -> !isThere(plane));
        var _ = plane.collections().create(CONFIG, ControlBed.NO_ID, Duration.ofSeconds(5));
        assertThatThrownBy(() -> plane.restores().abandon(made)).isInstanceOf(NotFound.class);
        assertThat(isThere(plane)).isTrue();
    }

    @Test
    void whatHasBeenOpenedIsNotAbandoned() {
        ControlPlane plane = formed();
        CollectionImage made = plane.restores().begin(CONFIG);
        var _ = plane.restores().open(made);

        assertThatThrownBy(() -> plane.restores().abandon(made))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("has been opened");
        ControlBed.pause();
        assertThat(isThere(plane)).isTrue();
    }

    @Test
    void whatCannotBeBegunInTimeLeavesNothing() {
        ControlPlane plane = bed.plane("a", 2);

        try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
                CancellableContext soon = Context.current().withDeadlineAfter(500, TimeUnit.MILLISECONDS, timer)) {
            assertThatThrownBy(() -> soon.call(() -> plane.restores().begin(CONFIG)))
                    .isInstanceOf(DeadlineExceeded.class);
        }

        ControlBed.eventually(() -> {
            CollectionTree made = plane.images().refreshTree().collections().get("things");
            return made == null || made.dropping();
        });
    }

    @Test
    void theControllerDropsWhatACoordinatorThatHasGoneWasRestoring() {
        ControlPlane plane = formed();
        ControlPlane other = bed.plane("b", 2);
        ControlBed.eventually(() -> plane.images().tree().coordinators().size() == 2);
        CollectionImage made = other.restores().begin(CONFIG);
        assertThat(made.restoring()).isTrue();
        ControlBed.pause();
        assertThat(isThere(plane)).as("while its coordinator lives").isTrue();

        other.close();

        ControlBed.eventually(() -> !isThere(plane));
    }
}
