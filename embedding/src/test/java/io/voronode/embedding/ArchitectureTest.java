package io.voronode.embedding;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The layers of this module. */
final class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.voronode.embedding");

    @Test
    void embeddingKnowsOnlyTheModelLibraries() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.voronode.embedding",
                        "java..",
                        "ai.onnxruntime..",
                        "ai.djl..",
                        "org.slf4j",
                        "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void embeddingUsesNoNetwork() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "io.grpc..", "org.apache.lucene..", "io.voronode.coordinator..")
                .check(CLASSES);
    }

    @Test
    void thePublicApiShowsNoTypeOfAModelLibrary() {
        noClasses()
                .that()
                .arePublic()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai..")
                .check(CLASSES);
    }
}
