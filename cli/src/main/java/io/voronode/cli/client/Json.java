package io.voronode.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voronode.client.ClusterInfo;
import io.voronode.client.CollectionInfo;
import io.voronode.client.Document;
import io.voronode.client.Explanation;
import io.voronode.client.GenerationInfo;
import io.voronode.client.Hit;
import io.voronode.client.RecoveryReport;
import io.voronode.client.SearchResult;
import io.voronode.client.StoredRecord;
import io.voronode.client.TrainingProgress;
import io.voronode.client.VerifyDifference;
import io.voronode.client.VerifyReport;
import io.voronode.client.WhyNot;
import io.voronode.client.WriteResult;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The client's values as JSON, with the names that the API has. Pure. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final DefaultPrettyPrinter PRINTER =
            new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));

    private Json() {}

    static String pretty(JsonNode node) {
        try {
            return MAPPER.writer(PRINTER).writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree cannot be written as JSON", e);
        }
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static <T> ArrayNode array(Collection<T> values, Function<? super T, ? extends JsonNode> mapper) {
        ArrayNode array = MAPPER.createArrayNode();
        values.forEach(value -> array.add(mapper.apply(value)));
        return array;
    }

    static ObjectNode collection(CollectionInfo info) {
        var config = info.config();
        ObjectNode node = object().put("name", config.name())
                .put("uuid", info.uuid())
                .put("dimension", config.dimension())
                .put("metric", lower(config.metric()))
                .put("model", config.model())
                .put("indexKind", lower(config.indexKind()))
                .put("trainAt", config.trainAt())
                .put("shards", config.shards())
                .put("replication", config.replication())
                .put("indexReplicas", config.indexReplicas())
                .put("recordCount", info.recordCount())
                .put("servingGeneration", info.servingGeneration())
                .put("createTime", info.createTime().toString());
        node.set("generations", array(info.generations(), Json::generation));
        return node;
    }

    private static ObjectNode generation(GenerationInfo generation) {
        ObjectNode node = object().put("number", generation.number())
                .put("state", lower(generation.state()))
                .put("cellCount", generation.cellCount())
                .put("shardCount", generation.shardCount())
                .put("trainedRecords", generation.trainedRecords())
                .put("unstampedRecords", generation.unstampedRecords())
                .put("readyShards", generation.readyShards());
        generation.imbalance().ifPresent(imbalance -> node.put("imbalance", imbalance));
        generation.training().ifPresent(training -> node.set("training", training(training)));
        return node;
    }

    private static ObjectNode training(TrainingProgress training) {
        return object().put("phase", lower(training.phase()))
                .put("done", training.done())
                .put("total", training.total());
    }

    static ObjectNode record(StoredRecord record) {
        ObjectNode node = object().put("key", record.key())
                .put("version", record.version())
                .put("updateTime", record.updateTime().toString());
        if (record.expireTime() != null) {
            node.put("expireTime", record.expireTime().toString());
        }
        content(node, record.payload(), record.document(), record.vector());
        return node;
    }

    static ObjectNode search(SearchResult result) {
        ObjectNode node = object();
        node.set("hits", array(result.hits(), Json::hit));
        node.set(
                "coverage",
                object().put("share", result.coverage().share())
                        .put("cellsWanted", result.coverage().cellsWanted())
                        .put("cellsScanned", result.coverage().cellsScanned())
                        .set("reasons", array(result.coverage().reasons(), MAPPER.getNodeFactory()::textNode)));
        Explanation explanation = result.explanation();
        if (explanation != null) {
            node.set("explanation", explanation(explanation));
        }
        return node;
    }

    static ObjectNode whyNot(WhyNot answer) {
        ObjectNode node = object().put("reason", answer.reason().name());
        answer.distance().ifPresent(distance -> node.put("distance", distance));
        answer.rank().ifPresent(rank -> node.put("rank", rank));
        answer.farthestHitDistance().ifPresent(farthest -> node.put("farthestHitDistance", farthest));
        answer.cell().ifPresent(cell -> node.put("cell", cell));
        answer.cellRank().ifPresent(rank -> node.put("cellRank", rank));
        node.set("explanation", explanation(answer.explanation()));
        return node;
    }

    private static ObjectNode hit(Hit hit) {
        ObjectNode node = object().put("key", hit.key())
                .put("distance", hit.distance())
                .put("score", hit.score())
                .put("version", hit.version());
        content(node, hit.payload(), hit.document(), hit.vector());
        return node;
    }

    private static ObjectNode explanation(Explanation explanation) {
        ObjectNode node = object().put("generation", explanation.generation())
                .put("cellsRanked", explanation.cellsRanked())
                .put("codesScanned", explanation.codesScanned())
                .put("codesRefined", explanation.codesRefined())
                .put("vectorsScanned", explanation.vectorsScanned())
                .put("mode", explanation.mode().name())
                .put("embedMillis", millis(explanation.embedTime()))
                .put("rankMillis", millis(explanation.rankTime()))
                .put("gatherMillis", millis(explanation.gatherTime()))
                .put("fetchMillis", millis(explanation.fetchTime()))
                .put("totalMillis", millis(explanation.totalTime()));
        explanation.estimatedRecall().ifPresent(recall -> node.put("estimatedRecall", recall));
        explanation.accepted().ifPresent(accepted -> node.put("accepted", accepted));
        node.set("waves", array(explanation.waves(), wave -> {
            ObjectNode waveNode = object();
            waveNode.set("cells", array(wave.cells(), MAPPER.getNodeFactory()::numberNode));
            waveNode.set("shards", array(wave.shards(), Json::shardWork));
            return waveNode;
        }));
        return node;
    }

    private static ObjectNode shardWork(Explanation.ShardWork work) {
        return object().put("shard", work.shard())
                .put("node", work.node())
                .put("cellsScanned", work.cellsScanned())
                .put("codesScanned", work.codesScanned())
                .put("codesRefined", work.codesRefined())
                .put("vectorsScanned", work.vectorsScanned())
                .put("scanMillis", millis(work.scanTime()))
                .put("exactFiltered", work.exactFiltered());
    }

    static ObjectNode write(WriteResult result) {
        ObjectNode node = object().put("key", result.key())
                .put("status", lower(result.status()))
                .put("version", result.version())
                .put("existed", result.existed());
        return result.message().isEmpty() ? node : node.put("message", result.message());
    }

    static ObjectNode cluster(ClusterInfo cluster, List<CollectionInfo> collections) {
        ObjectNode node = object().put("uuid", cluster.uuid()).put("version", cluster.version());
        node.set(
                "coordinators",
                array(
                        cluster.coordinators(),
                        coordinator -> object().put("name", coordinator.name())
                                .put("address", coordinator.address())
                                .put("controller", coordinator.controller())));
        node.set("nodes", array(cluster.nodes(), Json::node));
        node.set("partitions", array(cluster.partitions(), Json::partition));
        node.set("collections", array(collections, Json::collection));
        node.set("shards", array(cluster.shards(), Json::shard));
        node.put("rebalance", lower(cluster.rebalance()));
        node.set(
                "operations",
                array(
                        cluster.operations(),
                        operation -> object().put("kind", lower(operation.kind()))
                                .put("subject", operation.subject())
                                .put("detail", operation.detail())));
        return node;
    }

    private static ObjectNode node(ClusterInfo.Node node) {
        return object().put("name", node.name())
                .put("address", node.address())
                .put("zone", node.zone())
                .put("reachable", node.reachable())
                .put("version", node.version())
                .put("diskFreeBytes", node.diskFreeBytes())
                .put("notice", node.notice())
                .put("state", lower(node.state()))
                .put("partitionReplicas", node.partitionReplicas())
                .put("shardReplicas", node.shardReplicas());
    }

    private static ObjectNode partition(ClusterInfo.Partition partition) {
        ObjectNode node = object().put("number", partition.number())
                .put("leader", partition.leader())
                .put("appliedIndex", partition.appliedIndex())
                .put("recordCount", partition.recordCount());
        node.set("nodes", array(partition.nodes(), MAPPER.getNodeFactory()::textNode));
        node.set(
                "damaged",
                array(
                        partition.damaged(),
                        damaged -> object().put("node", damaged.node()).put("damage", damaged.damage())));
        return node;
    }

    private static ObjectNode shard(ClusterInfo.Shard shard) {
        return object().put("collection", shard.collection())
                .put("generation", shard.generation())
                .put("number", shard.number())
                .put("node", shard.node())
                .put("ready", shard.ready())
                .put("recordCount", shard.recordCount())
                .put("lagEntries", shard.lagEntries());
    }

    private static void content(
            ObjectNode node, String payload, @Nullable Document document, float @Nullable [] vector) {
        if (!payload.isEmpty()) {
            node.set("payload", parse(payload));
        }
        if (document != null) {
            document(node, document);
        }
        if (vector != null) {
            ArrayNode values = node.putArray("vector");
            for (float value : vector) {
                values.add(value);
            }
        }
    }

    /** What is text goes out as text, as the load command takes it; all else as Base64. */
    private static void document(ObjectNode node, Document document) {
        node.put("mediaType", document.mediaType());
        if (isText(document.mediaType())) {
            node.put("document", document.asText());
        } else {
            node.put("documentBase64", Base64.getEncoder().encodeToString(document.content()));
        }
    }

    static boolean isText(String mediaType) {
        return mediaType.startsWith("text/") || mediaType.startsWith("application/json");
    }

    private static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the server sent a payload that is no JSON: " + json, e);
        }
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static double millis(Duration time) {
        return time.toNanos() / 1e6;
    }

    static ObjectNode verification(VerifyReport report, List<VerifyDifference> differences) {
        ObjectNode node = object().put("compared", report.compared())
                .put("differences", report.differences())
                .put("unsettled", report.unsettled())
                .put("repaired", report.repaired())
                .put("partitionReplicas", report.partitionReplicas())
                .put("shardReplicas", report.shardReplicas());
        node.set("told", array(differences, Json::difference));
        return node;
    }

    static ObjectNode recovery(RecoveryReport report) {
        ObjectNode node = object().put("cluster", report.clusterUuid())
                .put("partitions", report.partitionCount())
                .put("applied", report.applied());
        node.set(
                "changes",
                array(
                        report.changes(),
                        change -> object().put("kind", lower(change.kind()))
                                .put("path", change.path())
                                .put("content", change.content())));
        ArrayNode notes = node.putArray("notes");
        report.notes().forEach(notes::add);
        return node;
    }

    private static ObjectNode difference(VerifyDifference difference) {
        ObjectNode node = object().put("kind", lower(difference.kind())).put("key", difference.key());
        difference.partition().ifPresent(partition -> node.put("partition", partition));
        difference.generation().ifPresent(generation -> node.put("generation", generation));
        difference.shard().ifPresent(shard -> node.put("shard", shard));
        return node.put("node", difference.node())
                .put("expected", difference.expected())
                .put("found", difference.found());
    }
}
