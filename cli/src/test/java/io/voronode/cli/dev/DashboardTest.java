package io.voronode.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whether the dashboard asks for what servers tell; {@link DevMetricsTest} says whether that is what the document has. */
final class DashboardTest {
    private static final Path DASHBOARD = Path.of("..", "deploy", "grafana", "voronode.json");
    private static final Path DOCUMENT = Path.of("..", "docs", "metrics.md");
    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| `(voronode_\\w+)` \\|");
    private static final Pattern METER = Pattern.compile("\\bvoronode_\\w+");
    private static final Pattern OF_A_HISTOGRAM = Pattern.compile("_(bucket|count)$");
    /** A rate of them says nothing, or it is told better by another. */
    private static final Set<String> NOT_SHOWN = Set.of(
            "voronode_controller_epoch",
            "voronode_filters_bytes",
            "voronode_image_collections",
            "voronode_partition_applied_index",
            "voronode_partition_entries_applied_total",
            "voronode_partition_log_first_index",
            "voronode_partition_open",
            "voronode_partition_rows_expired_total",
            "voronode_quarantine_bytes",
            "voronode_rpc_server_seconds_max",
            "voronode_scan_queue_seconds_max",
            "voronode_scan_seconds_max",
            "voronode_search_rank_seconds_total",
            "voronode_search_stage_seconds_max",
            "voronode_shard_lag_entries",
            "voronode_shard_scans_total",
            "voronode_write_commit_seconds_max",
            "voronode_write_queue_seconds_max",
            "voronode_write_stage_seconds_max");

    @Test
    void showsEveryDocumentedMeterButAFewAndNoOther() throws IOException {
        Set<String> documented = DOCUMENTED
                .matcher(Files.readString(DOCUMENT))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> shown = new TreeSet<>();
        for (JsonNode panel : new ObjectMapper().readTree(DASHBOARD.toFile()).get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                METER.matcher(target.get("expr").asText())
                        .results()
                        .map(MatchResult::group)
                        .map(meter -> OF_A_HISTOGRAM.matcher(meter).replaceFirst(""))
                        .forEach(shown::add);
            }
        }

        documented.removeAll(NOT_SHOWN);
        assertThat(shown).isEqualTo(documented);
    }
}
