package io.voronode.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The layers of the command: one package starts servers, all others are clients like any other. */
final class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.voronode.cli");

    @Test
    void onlyServersAndDevKnowTheServersInside() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.voronode.cli.dev", "io.voronode.cli.server")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.voronode.coordinator..", "io.voronode.shardnode..", "io.voronode.engine..")
                .check(CLASSES);
    }

    @Test
    void whatEveryProcessHasKnowsNoServerAndNoClient() {
        noClasses()
                .that()
                .resideInAPackage("io.voronode.cli.process")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.voronode.client..", "io.voronode.cli.dev..", "io.voronode.cli.server..", "picocli..")
                .check(CLASSES);
    }

    @Test
    void noCommandTouchesGeneratedTypes() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.voronode.proto..", "io.grpc..", "com.google.protobuf..")
                .check(CLASSES);
    }

    @Test
    void wordNetKnowsNothingOfVoronode() {
        noClasses()
                .that()
                .resideInAPackage("io.voronode.cli.wordnet")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.voronode.client..", "io.voronode.cli.dev..", "io.voronode.cli.demo..")
                .check(CLASSES);
    }
}
