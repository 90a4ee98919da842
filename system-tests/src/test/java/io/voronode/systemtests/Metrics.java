package io.voronode.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** The metrics of one process at one moment, in Prometheus' text format. Immutable. */
public record Metrics(List<String> lines) {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** What the process with this HTTP address answers now. */
    public static Metrics of(String httpAddress) throws InterruptedException {
        return new Metrics(get(httpAddress, "/metrics").body().lines().toList());
    }

    /** What time it is for the process with this HTTP address, in whole seconds: the date that its answers carry. */
    public static Instant clock(String httpAddress) throws InterruptedException {
        String date =
                get(httpAddress, "/health/live").headers().firstValue("Date").orElseThrow();
        return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
    }

    private static HttpResponse<String> get(String httpAddress, String path) throws InterruptedException {
        URI uri = URI.create("http://" + httpAddress + path);
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new AssertionError(uri + " answered " + response.statusCode());
            }
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sum over all labels of a metric. */
    public double sum(String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** How many there are of a metric, by their labels. */
    public long count(String name) {
        return lines.stream().filter(line -> line.startsWith(name + "{")).count();
    }

    /** The value with this label; NaN where there is none. */
    public double get(String name, String label, String value) {
        String pair = label + "=\"" + value + "\"";
        return lines.stream()
                .filter(line -> line.startsWith(name + "{") && line.contains(pair))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }
}
