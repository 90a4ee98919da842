package io.voronode.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Servers and commands of a build start from classes that were parsed and linked before. */
@Tag("slow")
class ClassArchiveTest {
    @Test
    void serversAndCommandsHaveTheirClassesArchived() throws IOException {
        assertEquals("", Launcher.archiveClasses());

        Path target = Launcher.script("..").resolve("cli/target");
        assertTrue(Files.size(target.resolve("server.jsa")) > 0, "server.jsa");
        assertTrue(Files.size(target.resolve("client.jsa")) > 0, "client.jsa");
    }
}
