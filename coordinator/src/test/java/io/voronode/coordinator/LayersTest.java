package io.voronode.coordinator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may see whom in this module. */
class LayersTest {
    private static final String BASE = "io.voronode.coordinator.";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.voronode.coordinator");

    @Test
    void ofTheEngineOnlyKernelsAndCellsAreSeen() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.voronode.engine.codec..", "io.voronode.engine.search..", "org.apache.lucene..")
                .check(CLASSES);
    }

    @Test
    void onlyTheServersKnowTheServicesThatClientsCall() {
        noClasses()
                .that()
                .resideOutsideOfPackages(BASE + "rpc..", BASE + "control..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("io\\.voronode\\.proto\\.v1\\..*ServiceGrpc.*")
                .check(CLASSES);
    }

    @Test
    void onlyMetricsKnowsMicrometerAndNobodyInsideKnowsMetrics() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.voronode.coordinator", BASE + "metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", BASE + "metrics..")
                .check(CLASSES);
    }

    @Test
    void requestPathsLookDownward() {
        noneOf("validate", "compute", "token").uses("route", "rows", "write", "gather", "rpc", "control");
        noneOf("route").uses("rows", "write", "gather", "rpc", "control");
        noneOf("rows").uses("write", "gather", "rpc", "control");
        noneOf("write", "gather").uses("rpc", "control");
        noneOf("write").uses("gather");
        noneOf("gather").uses("write");
        noneOf("delete").uses("rpc", "control", "canary");
        noneOf("validate", "compute", "token", "route", "rows", "write", "gather", "control", "image", "zookeeper")
                .uses("delete");
        noneOf("canary").uses("write", "rpc", "control");
        noneOf("validate", "compute", "token", "route", "rows", "write", "gather", "control")
                .uses("canary");
        noneOf("verify").uses("rows", "write", "gather", "canary", "rpc", "control");
        noneOf("snapshot").uses("gather", "canary", "verify", "rpc", "control");
        noneOf("route", "rows", "write", "gather", "canary").uses("verify", "snapshot");
        noneOf("image", "control", "zookeeper").uses("route", "rows", "write", "gather", "verify", "rpc");
    }

    private static Rule noneOf(String... packages) {
        return new Rule(List.of(packages));
    }

    private record Rule(List<String> packages) {
        void uses(String... others) {
            noClasses()
                    .that()
                    .resideInAnyPackage(names(packages))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(names(List.of(others)))
                    .allowEmptyShould(true)
                    .check(CLASSES);
        }

        private static String[] names(List<String> packages) {
            return packages.stream().map(name -> BASE + name + "..").toArray(String[]::new);
        }
    }
}
