package io.voronode.benchmarks.measure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Queries per second at a recall that was not hit exactly: between the two neighbouring efforts of one index, straight in
 * the logarithm of the speed. Where even the least effort has more recall, its speed is taken as it is, which is too little
 * rather than too much. Pure.
 */
public final class Interpolation {

    private Interpolation() {}

    /** The best over all indexes among the measurements; empty if none reaches the recall. */
    public static OptionalDouble queriesPerCpuSecond(Collection<Measured> measurements, double recall) {
        return measurements.stream()
                .collect(Collectors.groupingBy(each -> each.engine() + ' ' + each.kind() + ' ' + each.indexSetting()))
                .values()
                .stream()
                .map(curve -> onCurve(frontier(curve), recall))
                .flatMapToDouble(OptionalDouble::stream)
                .max();
    }

    /** By rising recall, without those that another beats in recall and speed; on one curve, noise makes such. */
    public static List<Measured> frontier(List<Measured> curve) {
        List<Measured> fastestFirst = curve.stream()
                .sorted(Comparator.comparingDouble(Measured::queriesPerCpuSecond)
                        .reversed())
                .toList();
        List<Measured> frontier = new ArrayList<>();
        for (Measured each : fastestFirst) {
            if (frontier.isEmpty() || each.recall() > frontier.getLast().recall()) {
                frontier.add(each);
            }
        }
        return frontier;
    }

    private static OptionalDouble onCurve(List<Measured> frontier, double recall) {
        for (int i = 0; i < frontier.size(); i++) {
            Measured upper = frontier.get(i);
            if (upper.recall() >= recall) {
                return OptionalDouble.of(
                        i == 0 ? upper.queriesPerCpuSecond() : between(frontier.get(i - 1), upper, recall));
            }
        }
        return OptionalDouble.empty();
    }

    private static double between(Measured lower, Measured upper, double recall) {
        double share = (recall - lower.recall()) / (upper.recall() - lower.recall());
        double lowerLog = Math.log(lower.queriesPerCpuSecond());
        return Math.exp(lowerLog + share * (Math.log(upper.queriesPerCpuSecond()) - lowerLog));
    }
}
