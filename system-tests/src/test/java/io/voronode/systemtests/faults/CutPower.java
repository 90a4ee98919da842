package io.voronode.systemtests.faults;

import io.voronode.systemtests.Eventually;
import io.voronode.systemtests.SmallDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/** The power of the disk of all nodes is cut: only what was synced is there when they start again. */
final class CutPower implements Fault {
    private static final String EIO = "Input/output error";
    private static final byte[] CONTENT = new byte[100_000];
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    static {
        Arrays.fill(CONTENT, (byte) 1);
    }

    private Map<String, Long> pidsBefore = Map.of();
    private long errors;

    @Override
    public String name() {
        return "F13";
    }

    @Override
    public String summary() {
        return "power cut of all nodes: what was not synced is lost";
    }

    @Override
    public String obstacle(Stage stage) {
        return stage.disk().isPresent() ? "" : "no file system can be mounted here whose power could be cut";
    }

    @Override
    public Duration limit() {
        return Duration.ofSeconds(30);
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        SmallDisk disk = scene.stage().smallDisk();
        pidsBefore = scene.pidsOfNodes();
        Map<String, Long> logs = scene.logs();
        Path synced = disk.folder().resolve("synced");
        Path unsynced = disk.folder().resolve("unsynced");
        write(synced, true);
        write(unsynced, false);
        disk.cutPower();
        Eventually.await("EIO in a node", TIMEOUT, () -> scene.logged(logs, EIO).isEmpty() ? "none" : null);
        errors = scene.logged(logs, EIO).size();
        scene.cluster().nodes().forEach(scene.cluster()::kill);
        disk.restorePower();
        if (!isThere(synced) || isThere(unsynced)) {
            throw new AssertionError(
                    "this was no power cut: synced there " + isThere(synced) + ", unsynced there " + isThere(unsynced));
        }
        scene.cluster().nodes().forEach(scene.cluster()::restart);
    }

    private static void write(Path file, boolean sync) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(CONTENT));
            if (sync) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isThere(Path file) {
        try {
            return Files.exists(file) && Arrays.equals(Files.readAllBytes(file), CONTENT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void heal(Scene scene) {
        // They were started again in inject: until then nothing can recover.
    }

    @Override
    public String evidence(Scene scene) {
        Map<String, Long> now = scene.pidsOfNodes();
        if (errors == 0 || now.values().stream().anyMatch(pidsBefore::containsValue)) {
            throw new AssertionError("EIO " + errors + " times, pids " + pidsBefore + " now " + now);
        }
        return "ioctl 0, EIO " + errors
                + " times in the nodes' logs, a synced file was kept and an unsynced one lost, pids " + pidsBefore
                + " now " + now;
    }
}
