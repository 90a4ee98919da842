package io.voronode.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LayersTest {

    private static final JavaClasses ENGINE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.voronode.engine");

    @Test
    void onlySimdImportsTheVectorModule() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.voronode.engine.simd")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector..")
                .check(ENGINE);
    }

    @Test
    void engineSeesNoNetwork() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.net..",
                        "java.nio.channels..",
                        "io.grpc..",
                        "org.apache.ratis..",
                        "org.apache.curator..",
                        "org.apache.zookeeper..")
                .check(ENGINE);
    }

    @Test
    void quantizationKnowsNothingOfIndexFiles() {
        classes()
                .that()
                .resideInAPackage("io.voronode.engine.quantization")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.voronode.engine.simd", "io.voronode.engine.quantization", "java..", "org.jspecify..")
                .check(ENGINE);
    }

    @Test
    void simdAndClusteringKnowNothingOfIndexFiles() {
        classes()
                .that()
                .resideInAnyPackage("io.voronode.engine.simd", "io.voronode.engine.clustering")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.voronode.engine.simd",
                        "io.voronode.engine.quantization",
                        "io.voronode.engine.clustering",
                        "java..",
                        "jdk.incubator.vector..",
                        "org.slf4j..",
                        "org.jspecify..")
                .check(ENGINE);
    }

    @Test
    void codecDoesNotKnowSearch() {
        noClasses()
                .that()
                .resideInAPackage("io.voronode.engine.codec")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.voronode.engine.search")
                .check(ENGINE);
    }
}
