package io.voronode.benchmarks.process;

import java.util.List;

/**
 * What a server tells of itself at {@code /metrics}, at one moment.
 *
 * @param lines in Prometheus' text format
 */
public record Meters(List<String> lines) {
    public Meters {
        lines = List.copyOf(lines);
    }

    /**
     * The sum over all lines of a meter that carry the label; 0 where there is none.
     *
     * @param name as Prometheus has it, complete
     * @param label as {@code method="Search"}; empty for all
     */
    public double sum(String name, String label) {
        return lines.stream()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** The sum over all lines of a meter. */
    public double sum(String name) {
        return sum(name, "");
    }
}
