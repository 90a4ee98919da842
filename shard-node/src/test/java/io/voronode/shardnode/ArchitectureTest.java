package io.voronode.shardnode;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The layers of this module. */
final class ArchitectureTest {
    private static final String ROOT = "io.voronode.shardnode";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void onlyPartitionsKnowRaftAndTheRowStore() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".partition..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.ratis..", "org.rocksdb..")
                .check(CLASSES);
    }

    @Test
    void onlyMembershipKnowsZooKeeper() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".membership..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.curator..", "org.apache.zookeeper..")
                .check(CLASSES);
    }

    @Test
    void onlyShardsKnowLucene() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".shard..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.lucene..")
                .check(CLASSES);
    }

    @Test
    void shardsAndMembershipSeeNoGrpcAndNoPartition() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".shard..", ROOT + ".membership..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", ROOT + ".rpc..", ROOT + ".partition..", ROOT + ".feed..")
                .check(CLASSES);
    }

    @Test
    void partitionsSeeNoShard() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".partition..", ROOT + ".feed..", ROOT + ".cells..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".shard..", ROOT + ".membership..", ROOT + ".rpc..")
                .check(CLASSES);
    }

    @Test
    void onlyMetricsKnowsMicrometerAndNobodyInsideKnowsMetrics() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, ROOT + ".metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", ROOT + ".metrics..")
                .check(CLASSES);
    }

    @Test
    void shardNodesSeeNoCoordinatorAndNoPublicApi() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.voronode.coordinator..", "io.voronode.client..", "io.voronode.embedding..")
                .check(CLASSES);
    }

    @Test
    void applyAndTheRowStoreKnowNoRaft() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".partition.apply..", ROOT + ".partition.store..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.ratis..", "io.grpc..", ROOT + ".partition", ROOT + ".feed..")
                .check(CLASSES);
    }

    @Test
    void theFeedSeesOfPartitionsTheRowStoreOnly() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".feed..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".partition", ROOT + ".partition.apply..")
                .check(CLASSES);
    }
}
