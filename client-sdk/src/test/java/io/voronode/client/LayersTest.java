package io.voronode.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The layers of the client: what users see knows nothing of the wire. */
final class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.voronode.client");

    @Test
    void noPublicClassTouchesGrpcOrProtobufOrGeneratedTypes() {
        noClasses()
                .that()
                .resideInAPackage("io.voronode.client")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "com.google.protobuf..", "io.voronode.proto..")
                .because("users of the client must not meet the wire format")
                .check(CLASSES);
    }

    @Test
    void clientKnowsNoServerModule() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.voronode.coordinator..",
                        "io.voronode.shardnode..",
                        "io.voronode.engine..",
                        "io.voronode.embedding..")
                .check(CLASSES);
    }
}
