package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.cli.table.Column;
import io.voronode.cli.table.Figures;
import io.voronode.cli.table.Table;
import io.voronode.client.ClusterInfo;
import io.voronode.client.CollectionInfo;
import io.voronode.client.GenerationInfo;
import io.voronode.client.RebalanceMode;
import io.voronode.client.VoronodeClient;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows who is in the cluster and who holds what. */
@Command(
        name = "cluster",
        description = "Show the coordinators, nodes, partitions, generations and shards of the cluster.")
public final class ClusterCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    public ClusterCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            ClusterInfo cluster = client.describeCluster();
            List<CollectionInfo> collections = client.listCollections();
            if (options.json()) {
                terminal.out().println(Json.pretty(Json.cluster(cluster, collections)));
            } else {
                tables(cluster, collections);
            }
            return ExitCodes.OK;
        }
    }

    private void tables(ClusterInfo cluster, List<CollectionInfo> collections) {
        terminal.out().println("cluster " + cluster.uuid() + ", version " + cluster.version());
        print(coordinators(cluster));
        print(nodes(cluster));
        printNotices(cluster);
        print(partitions(cluster));
        if (cluster.partitions().stream()
                .anyMatch(partition -> !partition.damaged().isEmpty())) {
            print(damaged(cluster));
        }
        print(generations(collections));
        print(shards(cluster));
        if (!cluster.operations().isEmpty()) {
            print(operations(cluster));
        }
        if (cluster.rebalance() != RebalanceMode.RUNNING) {
            terminal.out().println();
            terminal.out()
                    .println("moving replicas to make nodes even, or to drain them, is "
                            + Json.lower(cluster.rebalance()));
        }
    }

    private void print(Table table) {
        terminal.out().println();
        table.render(terminal.width(), terminal.colours()).forEach(terminal.out()::println);
    }

    private void printNotices(ClusterInfo cluster) {
        cluster.nodes().stream()
                .filter(node -> !node.notice().isEmpty())
                .forEach(node -> terminal.out().println(node.name() + ": " + node.notice()));
    }

    private static Table coordinators(ClusterInfo cluster) {
        Table table = new Table(List.of(Column.word("COORDINATOR"), Column.word("ADDRESS"), Column.word("CONTROLLER")));
        cluster.coordinators()
                .forEach(coordinator ->
                        table.row(coordinator.name(), coordinator.address(), yesOrNo(coordinator.controller())));
        return table;
    }

    private static Table nodes(ClusterInfo cluster) {
        Table table = new Table(List.of(
                Column.word("NODE"),
                Column.word("ADDRESS"),
                Column.word("ZONE"),
                Column.word("REACHABLE"),
                Column.word("STATE"),
                Column.number("PARTITIONS"),
                Column.number("SHARDS"),
                Column.number("DISK FREE"),
                Column.word("VERSION")));
        cluster.nodes()
                .forEach(node -> table.row(
                        node.name(),
                        orDash(node.address()),
                        orDash(node.zone()),
                        yesOrNo(node.reachable()),
                        Json.lower(node.state()),
                        node.partitionReplicas(),
                        node.shardReplicas(),
                        node.reachable() ? Figures.bytes(node.diskFreeBytes()) : "-",
                        orDash(node.version())));
        return table;
    }

    private static Table partitions(ClusterInfo cluster) {
        Table table = new Table(List.of(
                Column.number("PARTITION"),
                Column.word("LEADER"),
                Column.text("REPLICAS", 2),
                Column.number("RECORDS"),
                Column.number("LOG INDEX")));
        cluster.partitions()
                .forEach(partition -> table.row(
                        partition.number(),
                        partition.leader().isEmpty() ? "none" : partition.leader(),
                        String.join(", ", partition.nodes()),
                        Figures.count(partition.recordCount()),
                        partition.appliedIndex()));
        return table;
    }

    private static Table damaged(ClusterInfo cluster) {
        Table table =
                new Table(List.of(Column.number("PARTITION"), Column.word("DAMAGED ON"), Column.text("DAMAGE", 4)));
        for (ClusterInfo.Partition partition : cluster.partitions()) {
            partition.damaged().forEach(replica -> table.row(partition.number(), replica.node(), replica.damage()));
        }
        return table;
    }

    private static Table generations(List<CollectionInfo> collections) {
        Table table = new Table(List.of(
                Column.text("COLLECTION", 1),
                Column.number("GENERATION"),
                Column.word("STATE"),
                Column.number("CELLS"),
                Column.number("SHARDS"),
                Column.number("READY"),
                Column.number("TRAINED ON"),
                Column.number("TO STAMP")));
        for (CollectionInfo collection : collections) {
            for (GenerationInfo generation : collection.generations()) {
                table.row(
                        collection.config().name(),
                        generation.number(),
                        Json.lower(generation.state()),
                        generation.cellCount(),
                        generation.shardCount(),
                        generation.readyShards(),
                        Figures.count(generation.trainedRecords()),
                        Figures.count(generation.unstampedRecords()));
            }
        }
        return table;
    }

    private static Table shards(ClusterInfo cluster) {
        Table table = new Table(List.of(
                Column.text("COLLECTION", 1),
                Column.number("GENERATION"),
                Column.number("SHARD"),
                Column.word("NODE"),
                Column.word("READY"),
                Column.number("RECORDS"),
                Column.number("LAG")));
        cluster.shards()
                .forEach(shard -> table.row(
                        shard.collection(),
                        shard.generation(),
                        shard.number(),
                        shard.node(),
                        yesOrNo(shard.ready()),
                        Figures.count(shard.recordCount()),
                        Figures.count(shard.lagEntries())));
        return table;
    }

    private static Table operations(ClusterInfo cluster) {
        Table table = new Table(List.of(Column.word("OPERATION"), Column.text("OF", 1), Column.text("STATE", 3)));
        cluster.operations()
                .forEach(operation -> table.row(
                        Json.lower(operation.kind()).replace('_', ' '), operation.subject(), operation.detail()));
        return table;
    }

    private static String orDash(String value) {
        return value.isEmpty() ? "-" : value;
    }

    private static String yesOrNo(boolean value) {
        return value ? "yes" : "no";
    }
}
