package io.voronode.systemtests.faults;

import io.voronode.systemtests.Eventually;
import io.voronode.systemtests.NodeFiles;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One flipped byte in files of every kind of one node, which is down meanwhile: the tables of partition 0, the log of 1, the manifest of 2,
 * a file of each index, all cell maps; and an entry that was written in part at the end of the log of partition 3.
 */
final class DamageFiles implements Fault {
    private static final Set<Integer> TO_QUARANTINE = Set.of(0, 1);
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private String victim = "";
    private @Nullable NodeFiles files;
    private List<String> indexFiles = List.of();
    private int cellMaps;
    private Map<String, Long> logs = Map.of();

    @Override
    public String name() {
        return "F8-files";
    }

    @Override
    public String summary() {
        return "one flipped byte in each kind of file of a node, and a torn end of a log, while it is down";
    }

    @Override
    public Duration limit() {
        return Duration.ofSeconds(12);
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        victim = scene.leastLeading();
        scene.cluster().stop(victim);
        NodeFiles found = NodeFiles.of(scene.cluster().nodeData(victim));
        found.emptyQuarantine();
        found.flipInEveryTable(0);
        found.flipInTheLog(1);
        found.flipInTheManifest(2);
        found.tearTheLog(3);
        indexFiles = found.flipInEveryIndex();
        cellMaps = found.flipInEveryCellMap();
        files = found;
    }

    private NodeFiles files() {
        return Objects.requireNonNull(files);
    }

    @Override
    public void heal(Scene scene) throws InterruptedException {
        logs = Map.of(victim, scene.process(victim).logBytes());
        scene.cluster().restart(victim);
        Eventually.await("quarantine", TIMEOUT, () -> {
            Set<Integer> quarantined = files().quarantined();
            return quarantined.containsAll(TO_QUARANTINE) ? null : "only of partitions " + quarantined;
        });
        scene.awaitAllCopies();
    }

    @Override
    public String evidence(Scene scene) throws InterruptedException {
        Set<Integer> quarantined = files().quarantined();
        if (!quarantined.contains(2)) {
            requireLogged(scene, "is damaged; it is moved aside and replaced");
        }
        requireLogged(scene, "was torn, from offset");
        requireLogged(scene, "does not have its digest; it is fetched again");
        long indexes = files().quarantinedIndexes();
        if (indexes == 0 || scene.metrics(victim).sum("voronode_quarantine_bytes") == 0) {
            throw new AssertionError(indexes + " indexes in quarantine, and of rows "
                    + scene.metrics(victim).sum("voronode_quarantine_bytes") + " bytes");
        }
        return victim + ": partitions " + quarantined + " went to quarantine, the torn entry of 3 was cut off, "
                + indexes
                + " indexes went to quarantine at least, files " + indexFiles + ", " + cellMaps
                + " cell maps were fetched again";
    }

    private void requireLogged(Scene scene, String text) {
        if (scene.logged(logs, text).isEmpty()) {
            throw new AssertionError("the log of " + victim + " does not say \"" + text + "\"");
        }
    }
}
