package io.voronode.systemtests;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/**
 * A file system of its own, ext4 of a given size within a file, which can run full and whose power can be cut; vanishes when it is closed.
 * Needs the right to mount. One thread uses it.
 */
public final class SmallDisk implements AutoCloseable {
    private static final int CHUNK_BYTES = 64 << 10;
    /** Nothing for the root user alone, and nothing that a thread writes behind our back. */
    private static final String[] MAKE = {"mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0"};
    /**
     * The power of this file system alone is cut, so what it syncs need not go on from the file that it lies in to the disk below: with
     * barriers every sync would be one of that disk, too.
     */
    private static final String OPTIONS = "loop,barrier=0";

    private final Path folder;
    private final Path image;
    /** No mount is left behind where a test is broken off. */
    private final Thread atExit = new Thread(this::vanish);

    private SmallDisk(Path folder, Path image) {
        this.folder = folder;
        this.image = image;
    }

    /** Empty, with a printed reason, where this process may not mount. */
    public static Optional<SmallDisk> mount(Path folder, int mebibytes) throws InterruptedException {
        SmallDisk disk = new SmallDisk(folder, folder.resolveSibling(folder.getFileName() + ".ext4"));
        try {
            Files.createDirectories(folder);
            String refusal = disk.make((long) mebibytes << 20);
            if (refusal.isEmpty()) {
                Runtime.getRuntime().addShutdownHook(disk.atExit);
                return Optional.of(disk);
            }
            Files.deleteIfExists(disk.image);
            System.out.println("no file system can be mounted here: " + refusal);
            return Optional.empty();
        } catch (IOException e) {
            System.out.println("no file system can be mounted here: " + e);
            return Optional.empty();
        }
    }

    private String make(long bytes) throws IOException, InterruptedException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        String[] make = Arrays.copyOf(MAKE, MAKE.length + 1);
        make[MAKE.length] = image.toString();
        String refusal = run(make);
        return refusal.isEmpty() ? attach() : refusal;
    }

    private String attach() throws IOException, InterruptedException {
        return run("mount", "-o", OPTIONS, image.toString(), folder.toString());
    }

    /** What the command said against it; empty when it succeeded. */
    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        return code == 0 ? "" : "exit code " + code + ", " + said.strip();
    }

    public Path folder() {
        return folder;
    }

    // ---- space

    public long freeBytes() {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Fills it up to so many free bytes, with a file; 0: until nothing more can be written.
     *
     * @return what the system said against writing more; empty where it was not asked for too much
     */
    public String fillUpTo(long free) {
        try (OutputStream ballast =
                Files.newOutputStream(ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (long left = freeBytes(); left > free || free == 0; left = freeBytes()) {
                ballast.write(new byte[Math.clamp(left - free, 1, CHUNK_BYTES)]);
            }
            return "";
        } catch (IOException e) {
            if (free > 0) {
                throw new UncheckedIOException(e);
            }
            return String.valueOf(e.getMessage());
        }
    }

    /** Takes the file away again. */
    public void makeRoom() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path ballast() {
        return folder.resolve("ballast");
    }

    // ---- power

    /** From now on everything fails with EIO, and what was not synced is gone. */
    public void cutPower() {
        FileSystemShutdown.withoutLogFlush(folder);
    }

    /** Mounts anew what was synced. No process may have a file of it open. */
    public void restorePower() throws InterruptedException {
        try {
            require("umount", run("umount", folder.toString()));
            require("mount", attach());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void require(String what, String refusal) {
        if (!refusal.isEmpty()) {
            throw new AssertionError(what + " of " + folder + ": " + refusal);
        }
    }

    @Override
    public void close() {
        if (Runtime.getRuntime().removeShutdownHook(atExit)) {
            vanish();
        }
    }

    private void vanish() {
        try {
            String refusal = run("umount", "-l", folder.toString());
            if (!refusal.isEmpty()) {
                System.out.println("umount of " + folder + ": " + refusal);
            }
            Files.deleteIfExists(image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
