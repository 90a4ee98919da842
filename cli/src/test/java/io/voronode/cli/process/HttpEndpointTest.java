package io.voronode.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.voronode.cli.CliException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class HttpEndpointTest {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpEndpoint http = HttpEndpoint.start(LOOPBACK, 0, "coordinator", "c-1");

    @AfterEach
    void close() {
        http.close();
        client.close();
    }

    private HttpResponse<String> ask(String method, String path) throws IOException, InterruptedException {
        return client.send(request(method, path), BodyHandlers.ofString());
    }

    private HttpRequest request(String method, String path) {
        return HttpRequest.newBuilder(URI.create("http://" + LOOPBACK + ":" + http.port() + path))
                .timeout(PATIENCE)
                .method(method, BodyPublishers.noBody())
                .build();
    }

    @Test
    void servesTheMetersInPrometheusFormat() throws Exception {
        http.meters().counter("voronode.things.done").increment(3);

        HttpResponse<String> metrics = ask("GET", "/metrics");

        assertThat(metrics.statusCode()).isEqualTo(200);
        assertThat(metrics.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(metrics.body())
                .contains("# TYPE voronode_things_done_total counter\n")
                .contains("voronode_things_done_total{name=\"c-1\",role=\"coordinator\"} 3.0\n");
    }

    @Test
    void servesTheMetersOfTheProcessUnderItsRoleAndName() throws Exception {
        String body = ask("GET", "/metrics").body();

        for (String meter : List.of(
                "jvm_memory_used_bytes",
                "jvm_gc_memory_allocated_bytes_total",
                "jvm_threads_live_threads",
                "process_cpu_usage",
                "process_uptime_seconds",
                "process_files_open_files")) {
            assertThat(samples(body, meter))
                    .as(meter)
                    .isNotEmpty()
                    .allMatch(sample -> sample.contains("role=\"coordinator\"") && sample.contains("name=\"c-1\""));
        }
    }

    private static List<String> samples(String body, String meter) {
        return body.lines().filter(line -> line.matches(meter + "[{ ].*")).toList();
    }

    @Test
    void keepsTheMetersOfSeveralServersApart() throws Exception {
        MeterRegistry first = http.meters("shard-node", "n-1");
        MeterRegistry second = http.meters("shard-node", "n-2");
        Gauge gauge = Gauge.builder("voronode.term", () -> 1).register(first);
        Gauge.builder("voronode.term", () -> 2).register(second);

        assertThat(samples(ask("GET", "/metrics").body(), "voronode_term"))
                .containsExactlyInAnyOrder(
                        "voronode_term{name=\"n-1\",role=\"shard-node\"} 1.0",
                        "voronode_term{name=\"n-2\",role=\"shard-node\"} 2.0");

        first.remove(gauge);
        assertThat(samples(ask("GET", "/metrics").body(), "voronode_term"))
                .containsExactly("voronode_term{name=\"n-2\",role=\"shard-node\"} 2.0");
    }

    @Test
    void isLiveAtOnceAndReadyWhenTheServerIs() throws Exception {
        AtomicBoolean ready = new AtomicBoolean();

        assertThat(ask("GET", "/health/live").statusCode()).isEqualTo(200);
        assertThat(ask("GET", "/health/ready").statusCode()).isEqualTo(503);
        http.readyWhen(ready::get);
        assertThat(ask("GET", "/health/ready").statusCode()).isEqualTo(503);
        ready.set(true);
        assertThat(ask("GET", "/health/ready").statusCode()).isEqualTo(200);
        assertThat(ask("GET", "/health/ready").body()).isEqualTo("ready\n");
    }

    @Test
    void answersHeadWithTheHeadersOfGet() throws Exception {
        HttpResponse<String> head = ask("HEAD", "/metrics");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(head.headers().firstValueAsLong("Content-Length").orElse(0)).isPositive();
        assertThat(head.body()).isEmpty();
        assertThat(ask("HEAD", "/health/ready").statusCode()).isEqualTo(503);
    }

    @Test
    void answersOtherPathsWithNotFound() throws Exception {
        for (String path : List.of("/", "/metrics/", "/metrics/more", "/health", "/health/live/", "/METRICS")) {
            assertThat(ask("GET", path).statusCode()).as(path).isEqualTo(404);
        }
    }

    @Test
    void answersOtherMethodsWithNotAllowed() throws Exception {
        for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS")) {
            HttpResponse<String> answer = ask(method, "/metrics");
            assertThat(answer.statusCode()).as(method).isEqualTo(405);
            assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD");
        }
    }

    @Test
    void answersAFailureOfItsOwnWithAnErrorAndLivesOn() throws Exception {
        http.readyWhen(() -> {
            throw new IllegalStateException("a bug");
        });

        assertThat(ask("GET", "/health/ready").statusCode()).isEqualTo(500);
        assertThat(ask("GET", "/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void answersManyAtOnceWithFewThreads() {
        List<CompletableFuture<HttpResponse<String>>> answers = Stream.generate(
                        () -> client.sendAsync(request("GET", "/metrics"), BodyHandlers.ofString()))
                .limit(40)
                .toList();

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                                .statusCode())
                        .isEqualTo(200));
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("voronode-http-")))
                .hasSizeLessThanOrEqualTo(4);
    }

    @Test
    @Tag("slow")
    void cutsOffClientsThatNeverAskSoThatOthersAreAnswered() throws Exception {
        List<Socket> silent = Stream.generate(this::halfARequest).limit(4).toList();
        try {
            assertThat(ask("GET", "/health/live").statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    private Socket halfARequest() {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.port());
            socket.getOutputStream().write("GET /met".getBytes(StandardCharsets.US_ASCII));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void saysInASentenceThatAPortIsTakenOrAHostUnknown() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> HttpEndpoint.start(LOOPBACK, port, "dev", "dev"))
                    .isInstanceOf(CliException.class)
                    .hasMessage("cannot listen on 127.0.0.1:" + port + " for HTTP: Address already in use");
        }
        assertThatThrownBy(() -> HttpEndpoint.start("no.such.host.invalid", 0, "dev", "dev"))
                .isInstanceOf(CliException.class)
                .hasMessage("there is no host no.such.host.invalid to listen on for HTTP");
    }

    @Test
    void freesItsPortWhenClosedInTheMidstOfAnAnswer() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        http.readyWhen(() -> {
            asked.countDown();
            return awaited(never);
        });
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(request("GET", "/health/ready"), BodyHandlers.ofString());
        assertThat(asked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        int port = http.port();

        http.close();

        assertThat(answer).failsWithin(PATIENCE);
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(ConnectException.class);
        HttpEndpoint.start(LOOPBACK, port, "dev", "dev").close();
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
