package io.voronode.coordinator.control;

import io.voronode.coordinator.zookeeper.EmbeddedZooKeeper;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test of controllers: a real ZooKeeper for the class, and a {@link ControlBed} with a cluster of its own for each test. */
abstract class ControlTest {
    @TempDir
    static Path folder;

    static EmbeddedZooKeeper zooKeeper;
    ControlBed bed;

    @BeforeAll
    static void startZooKeeper() {
        zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"));
    }

    @AfterAll
    static void stopZooKeeper() {
        zooKeeper.close();
    }

    @BeforeEach
    void makeBed() {
        bed = new ControlBed(zooKeeper, folder);
    }

    @AfterEach
    void closeBed() {
        bed.close();
    }
}
