package io.voronode.systemtests.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** The operations of all clients of a test, in no order. Any thread adds to it; kept as one JSON object a line. */
public final class History {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();

    public void add(Operation operation) {
        operations.add(operation);
    }

    public List<Operation> operations() {
        return List.copyOf(operations);
    }

    /** What was done to each key. */
    public Map<String, List<Operation>> byKey() {
        return operations.stream().collect(Collectors.groupingBy(Operation::key, TreeMap::new, Collectors.toList()));
    }

    /** What is wrong with it, key by key; empty where every key behaved like one register. */
    public List<String> violations() {
        return byKey().values().stream()
                .flatMap(ofKey -> Linearizability.violation(ofKey).stream())
                .toList();
    }

    public void write(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, operations.stream().map(History::line).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String line(Operation operation) {
        try {
            return JSON.writeValueAsString(operation);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static History read(Path file) {
        History history = new History();
        try {
            for (String line : Files.readAllLines(file)) {
                history.add(JSON.readValue(line, Operation.class));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return history;
    }
}
