package io.voronode.benchmarks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Benchmarks measure the engine itself, and servers from outside, as their users meet them. */
final class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.voronode.benchmarks");

    @Test
    void benchmarksSeeNoServer() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.voronode.coordinator..", "io.voronode.shardnode..", "io.grpc..")
                .check(CLASSES);
    }

    @Test
    void onlyMeasurementsOfServersUseTheClient() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.voronode.benchmarks.server", "io.voronode.benchmarks.cluster")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.voronode.client..")
                .check(CLASSES);
    }

    @Test
    void ofTheCommandLineOnlyWordNetAndTablesAreUsed() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.voronode.cli",
                        "io.voronode.cli.client..",
                        "io.voronode.cli.demo..",
                        "io.voronode.cli.dev..",
                        "io.voronode.cli.jsonl..",
                        "io.voronode.cli.logging..",
                        "io.voronode.cli.process..",
                        "io.voronode.cli.progress..",
                        "io.voronode.cli.server..")
                .check(CLASSES);
    }

    @Test
    void dataKnowsNoIndexAndNoMeasurement() {
        noClasses()
                .that()
                .resideInAPackage("io.voronode.benchmarks.data")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.voronode.benchmarks.index",
                        "io.voronode.benchmarks.measure",
                        "io.voronode.benchmarks.report",
                        "io.voronode.benchmarks.command")
                .check(CLASSES);
    }

    @Test
    void indexesDoNotKnowHowTheyAreMeasured() {
        noClasses()
                .that()
                .resideInAPackage("io.voronode.benchmarks.index")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.voronode.benchmarks.measure",
                        "io.voronode.benchmarks.report",
                        "io.voronode.benchmarks.command")
                .check(CLASSES);
    }
}
