package io.voronode.benchmarks.report;

import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voronode.benchmarks.measure.Measured;
import io.voronode.benchmarks.measure.MetTarget;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One JSON object a line for each measurement, numbers rounded to six digits; null where an engine cannot tell. */
public final class JsonLines {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();
    private static final MathContext DIGITS = new MathContext(6);

    private JsonLines() {}

    public static void write(Path file, List<Measured> measurements) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Measured each : measurements) {
            lines.add(line(each));
        }
        Files.write(file, lines);
    }

    /** How wanted recalls were met, a line each. */
    public static void writeTargets(Path file, List<MetTarget> measurements) throws IOException {
        List<String> lines = new ArrayList<>();
        for (MetTarget each : measurements) {
            lines.add(line(each));
        }
        Files.write(file, lines);
    }

    static String line(MetTarget met) throws IOException {
        ObjectNode line = JSON.createObjectNode();
        line.put("dataset", met.dataset());
        line.put("kind", met.kind());
        line.put("seed", met.seed());
        line.put("k", met.k());
        line.put("target", rounded(met.target()));
        line.put("recall", rounded(met.recall()));
        line.put("cells", rounded(met.cells()));
        line.put("qps_cpu", rounded(met.queriesPerCpuSecond()));
        line.put("nprobe", rounded(met.nprobe()));
        line.put("fixed_qps_cpu", rounded(met.fixedQueriesPerCpuSecond()));
        line.put("cpu_ratio", rounded(met.cpuRatio()));
        line.put("calibration_cpu_s", rounded(met.calibrationCpuSeconds()));
        return JSON.writeValueAsString(line);
    }

    static String line(Measured measured) throws IOException {
        ObjectNode line = JSON.createObjectNode();
        line.put("dataset", measured.dataset());
        line.put("engine", measured.engine());
        line.put("kind", measured.kind());
        line.put("setting", measured.setting());
        line.put("k", measured.k());
        line.put("recall", rounded(measured.recall()));
        line.put("qps_cpu", rounded(measured.queriesPerCpuSecond()));
        line.put("p50_us", rounded(measured.p50Micros()));
        line.put("p99_us", rounded(measured.p99Micros()));
        line.put("build_cpu_s", rounded(measured.buildCpuSeconds()));
        line.put("scan_bytes_per_vector", rounded(measured.scanBytesPerVector()));
        line.put("bytes_per_query", rounded(measured.bytesPerQuery()));
        line.put("index_bytes", measured.indexBytes());
        line.put("garbage_bytes_per_query", rounded(measured.garbagePerQuery()));
        return JSON.writeValueAsString(line);
    }

    private static @Nullable BigDecimal rounded(@Nullable Double value) {
        return value == null ? null : new BigDecimal(value).round(DIGITS).stripTrailingZeros();
    }

    /**
     * Reads what {@link #write} wrote; fields that it does not know are left aside.
     *
     * @throws IOException if a line is no JSON object with the fields above
     */
    public static List<Measured> read(Path file) throws IOException {
        List<Measured> measurements = new ArrayList<>();
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                measurements.add(parse(lines.get(i), file + ", line " + (i + 1)));
            }
        }
        return measurements;
    }

    private static Measured parse(String line, String place) throws IOException {
        JsonNode json = JSON.readTree(line);
        try {
            return new Measured(
                    json.required("dataset").asText(),
                    json.required("engine").asText(),
                    json.required("kind").asText(),
                    json.required("setting").asText(),
                    json.required("k").asInt(),
                    json.required("recall").asDouble(),
                    json.required("qps_cpu").asDouble(),
                    json.required("p50_us").asDouble(),
                    json.required("p99_us").asDouble(),
                    optional(json, "build_cpu_s"),
                    optional(json, "scan_bytes_per_vector"),
                    optional(json, "bytes_per_query"),
                    json.hasNonNull("index_bytes")
                            ? (Long) json.get("index_bytes").asLong()
                            : null,
                    optional(json, "garbage_bytes_per_query"));
        } catch (IllegalArgumentException e) {
            throw new IOException(place + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable Double optional(JsonNode json, String field) {
        return json.hasNonNull(field) ? (Double) json.get(field).asDouble() : null;
    }
}
