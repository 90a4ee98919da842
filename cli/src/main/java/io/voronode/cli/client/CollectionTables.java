package io.voronode.cli.client;

import io.voronode.cli.table.Column;
import io.voronode.cli.table.Figures;
import io.voronode.cli.table.Table;
import io.voronode.client.CollectionInfo;
import io.voronode.client.GenerationInfo;
import io.voronode.client.TrainingProgress;
import java.util.List;
import java.util.Locale;

/** Collections as tables. Pure. */
final class CollectionTables {
    private CollectionTables() {}

    static Table list(List<CollectionInfo> collections) {
        Table table = new Table(List.of(
                Column.word("NAME"),
                Column.number("RECORDS"),
                Column.number("DIMENSION"),
                Column.word("METRIC"),
                Column.number("CELLS"),
                Column.text("MODEL", 1)));
        for (CollectionInfo collection : collections) {
            var config = collection.config();
            table.row(
                    config.name(),
                    Figures.count(collection.recordCount()),
                    config.dimension(),
                    Json.lower(config.metric()),
                    collection
                            .serving()
                            .map(GenerationInfo::cellCount)
                            .map(String::valueOf)
                            .orElse("-"),
                    orDash(config.model()));
        }
        return table;
    }

    static Table describe(CollectionInfo collection) {
        var config = collection.config();
        Table table = new Table(List.of(Column.word("FIELD"), Column.text("VALUE", 2)));
        table.row("name", config.name())
                .row("uuid", collection.uuid())
                .row("created", collection.createTime())
                .row("records", Figures.count(collection.recordCount()))
                .row("dimension", config.dimension())
                .row("metric", Json.lower(config.metric()))
                .row("model", orDash(config.model()))
                .row("index kind", Json.lower(config.indexKind()).replace('_', '-'))
                .row("train at", Figures.count(config.trainAt()) + " records")
                .row("shards", orChosen(config.shards()))
                .row("replication", orChosen(config.replication()))
                .row("index replicas", orChosen(config.indexReplicas()));
        collection
                .generations()
                .forEach(generation -> table.row("generation " + generation.number(), line(generation)));
        return table;
    }

    private static String line(GenerationInfo generation) {
        String cells = String.format(
                Locale.ROOT,
                "%s, %s in %s",
                Json.lower(generation.state()),
                Figures.counted(generation.cellCount(), "cell"),
                Figures.counted(generation.shardCount(), "shard"));
        return switch (generation.state()) {
            case BUILDING ->
                cells + ", " + Figures.count(generation.unstampedRecords()) + " records left, "
                        + Figures.counted(generation.readyShards(), "shard") + " ready";
            case TRAINING ->
                "training"
                        + generation.training().map(CollectionTables::progress).orElse("");
            case SERVING -> cells + imbalance(generation);
            case ENDING -> cells;
        };
    }

    private static String imbalance(GenerationInfo generation) {
        return generation.cellCount() > 1 && generation.imbalance().isPresent()
                ? String.format(
                        Locale.ROOT, ", imbalance %.2f", generation.imbalance().getAsDouble())
                : "";
    }

    private static String progress(TrainingProgress training) {
        String done = Figures.count(training.done()) + " of " + Figures.count(training.total());
        return switch (training.phase()) {
            case SAMPLING -> ": " + done + " records sampled";
            case CLUSTERING -> ": " + done + " steps of clustering";
            case GROUPING -> ": grouping cells into shards";
            case STORING -> ": " + done + " chunks of the cell map stored";
        };
    }

    private static String orDash(String value) {
        return value.isEmpty() ? "-" : value;
    }

    private static String orChosen(int value) {
        return value == 0 ? "chosen by the server" : String.valueOf(value);
    }
}
