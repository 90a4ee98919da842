package io.voronode.cli.process;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.voronode.cli.CliException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP port of a server process, for those who watch it:
 *
 * <pre>
 *   GET /metrics        all meters in Prometheus' text format
 *   GET /health/live    200 while the process answers
 *   GET /health/ready   200 while the server takes requests, else 503
 * </pre>
 *
 * To be opened before the server, which gets its meters from here, and closed after it:
 *
 * <pre>{@code
 * try (HttpEndpoint http = HttpEndpoint.start("127.0.0.1", 7701, "coordinator", name);
 *         Coordinator coordinator = Coordinator.start(config, http.meters())) {
 *     http.readyWhen(coordinator::ready);
 *     ...
 * }
 * }</pre>
 *
 * <p>Four threads of its own answer; a client has five seconds to ask and thirty to take the answer. Nothing here changes anything.
 */
public final class HttpEndpoint implements AutoCloseable {
    public static final int DEFAULT_PORT = 7701;

    private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoint.class);
    private static final int THREADS = 4;
    private static final int WAITING = 64;
    private static final int BACKLOG = 64;
    private static final int CLOSE_SECONDS = 1;
    private static final Set<String> METHODS = Set.of("GET", "HEAD");
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final String TEXT_TYPE = "text/plain; charset=utf-8";

    static {
        // Without them, clients that say nothing would keep all threads busy for ever. Read when the first server is
        // made.
        setUnlessGiven("sun.net.httpserver.maxReqTime", "5");
        setUnlessGiven("sun.net.httpserver.maxRspTime", "30");
    }

    private final ServerMeters meters;
    private final HttpServer server;
    private final ExecutorService threads;
    private volatile BooleanSupplier ready = () -> false;

    private record Answer(int status, String type, String body) {
        static Answer text(int status, String line) {
            return new Answer(status, TEXT_TYPE, line + "\n");
        }
    }

    private HttpEndpoint(HttpServer server, ServerMeters meters) {
        this.server = server;
        this.meters = meters;
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                Thread.ofPlatform().daemon().name("voronode-http-", 0).factory());
    }

    private static void setUnlessGiven(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /**
     * Listens, and answers "not ready" until {@link #readyWhen} says otherwise.
     *
     * @param port 0: any free one
     * @param role what the process is, as {@code coordinator}: a label of all meters
     * @param name of the process in the cluster: a label of all meters
     * @throws CliException a sentence with the address, if one cannot listen there
     */
    public static HttpEndpoint start(String bindHost, int port, String role, String name) {
        HttpServer server = listening(bindHost, port);
        HttpEndpoint endpoint = new HttpEndpoint(server, new ServerMeters(role, name));
        server.setExecutor(endpoint.threads);
        server.createContext("/", endpoint::handle);
        server.start();
        return endpoint;
    }

    private static HttpServer listening(String bindHost, int port) {
        InetSocketAddress address = new InetSocketAddress(bindHost, port);
        if (address.isUnresolved()) {
            throw new CliException("there is no host " + bindHost + " to listen on for HTTP");
        }
        try {
            return HttpServer.create(address, BACKLOG);
        } catch (IOException e) {
            throw new CliException("cannot listen on " + bindHost + ":" + port + " for HTTP: " + e.getMessage(), e);
        }
    }

    /** Where it listens. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Where the only server of the process keeps its meters. */
    public MeterRegistry meters() {
        return meters.ofProcess();
    }

    /** Where one of several servers in the process keeps its meters: with a role and a name of its own. */
    public MeterRegistry meters(String role, String name) {
        return meters.ofServer(role, name);
    }

    /** What is asked for {@code /health/ready} from now on; called by any thread, must be quick. */
    public void readyWhen(BooleanSupplier isReady) {
        ready = isReady;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            send(exchange, answer(exchange));
        }
    }

    private Answer answer(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        try {
            return switch (path) {
                case "/metrics" -> read(exchange, () -> new Answer(200, METRICS_TYPE, meters.scrape()));
                case "/health/live" -> read(exchange, () -> Answer.text(200, "live"));
                case "/health/ready" -> read(exchange, this::readiness);
                default -> Answer.text(404, "nothing is here; see /metrics, /health/live and /health/ready");
            };
        } catch (RuntimeException e) {
            LOG.error("{} could not be answered", path, e);
            return Answer.text(500, "an error inside Voronode, see its log");
        }
    }

    private static Answer read(HttpExchange exchange, Supplier<Answer> answer) {
        if (METHODS.contains(exchange.getRequestMethod())) {
            return answer.get();
        }
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        return Answer.text(405, "only GET and HEAD are answered here");
    }

    private Answer readiness() {
        return ready.getAsBoolean() ? Answer.text(200, "ready") : Answer.text(503, "not ready");
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(answer.status(), -1);
        } else {
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** Lets answers under way end within a second, frees the port, and forgets the meters. */
    @Override
    public void close() {
        server.stop(CLOSE_SECONDS);
        threads.shutdownNow();
        meters.close();
    }
}
