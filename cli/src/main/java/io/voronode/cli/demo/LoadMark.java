package io.voronode.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file beside the data that says which synsets were loaded to the end: the collection's uuid, which no other collection will ever
 * have, and their number. Without it a load was interrupted, and goes on.
 */
final class LoadMark {
    private final Path file;

    LoadMark(Path folder) {
        this.file = folder.resolve("demo-loaded");
    }

    /** How many synsets are known to be in this collection. */
    int loaded(String collectionUuid) throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        String[] parts = Files.readString(file).strip().split(" ", -1);
        boolean ours = parts.length == 2 && parts[0].equals(collectionUuid) && parts[1].matches("[0-9]{1,9}");
        return ours ? Integer.parseInt(parts[1]) : 0;
    }

    void write(String collectionUuid, int synsets) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(temporary, collectionUuid + " " + synsets + "\n");
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
