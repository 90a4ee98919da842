package io.voronode.coordinator.control;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may see whom in the image, the placement and the control. */
class ControlLayersTest {
    private static JavaClasses classes;

    @BeforeAll
    static void importClasses() {
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.voronode.coordinator");
    }

    @Test
    void knowsNoStorageOfShardNodes() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.voronode.shardnode..", "org.apache.lucene..", "org.apache.ratis..", "org.rocksdb..")
                .check(classes);
    }

    @Test
    void onlyTheImageAndTheControlTalkToZooKeeper() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.voronode.coordinator.image",
                        "io.voronode.coordinator.control",
                        "io.voronode.coordinator.zookeeper")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.zookeeper..", "org.apache.curator..")
                .check(classes);
    }

    @Test
    void placementIsPure() {
        noClasses()
                .that()
                .resideInAPackage("io.voronode.coordinator.placement")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(
                        "java.lang..", "java.util..", "io.voronode.coordinator.placement", "org.jspecify..")
                .check(classes);
    }

    @Test
    void theImageKnowsNobodyWhoUsesIt() {
        noClasses()
                .that()
                .resideInAPackage("io.voronode.coordinator.image")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(
                        "java..",
                        "io.voronode.coordinator.image",
                        "io.voronode.coordinator.zookeeper",
                        "io.voronode.engine..",
                        "io.voronode.proto.internal..",
                        "io.voronode.wire..",
                        "com.google.protobuf..",
                        "io.grpc..",
                        "org.apache..",
                        "org.jspecify..",
                        "org.slf4j..")
                .check(classes);
    }
}
