package io.voronode.benchmarks.report;

import io.voronode.benchmarks.measure.Interpolation;
import io.voronode.benchmarks.measure.Measured;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Speed over recall as an SVG: one line for each kind of index, made of the best of all its settings. Recall goes to the
 * right in steps of a tenth as many misses, so that 0.99 is as far from 0.9 as 0.999 from 0.99; speed goes up in its
 * logarithm. The upper right is good.
 */
public final class RecallPlot {

    private static final int WIDTH = 820;
    private static final int HEIGHT = 460;
    private static final int LEFT = 70;
    private static final int RIGHT = 610;
    private static final int TOP = 40;
    private static final int BOTTOM = 410;

    private static final double LEAST_RECALL = 0.80;
    private static final double MOST_RECALL = 0.999;
    private static final double[] RECALL_MARKS = {0.80, 0.85, 0.90, 0.95, 0.98, 0.99, 0.995, 0.999};

    /** Told apart by people who see colours differently, too (Okabe and Ito). */
    private static final List<String> COLOURS =
            List.of("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C8C8C");

    private final StringBuilder svg = new StringBuilder();
    private final double leastLog;
    private final double mostLog;

    private RecallPlot(List<Measured> measurements) {
        double least = measurements.stream()
                .mapToDouble(Measured::queriesPerCpuSecond)
                .min()
                .orElse(1);
        double most = measurements.stream()
                .mapToDouble(Measured::queriesPerCpuSecond)
                .max()
                .orElse(10);
        this.leastLog = Math.floor(Math.log10(least));
        this.mostLog = Math.max(Math.ceil(Math.log10(most)), leastLog + 1);
    }

    /** Draws the measurements of one data set. */
    public static String svg(String dataset, List<Measured> measurements) {
        List<Measured> shown = measurements.stream()
                .filter(each -> each.recall() >= LEAST_RECALL)
                .toList();
        return new RecallPlot(shown).draw(dataset, shown);
    }

    private String draw(String dataset, List<Measured> measurements) {
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                WIDTH,
                HEIGHT));
        text((LEFT + RIGHT) / 2.0, 22, "middle", dataset + ": queries per CPU-second over recall");
        grid();
        series(measurements);
        return svg.append("</svg>\n").toString();
    }

    private void grid() {
        for (double recall : RECALL_MARKS) {
            line(x(recall), TOP, x(recall), BOTTOM);
            text(x(recall), BOTTOM + 18, "middle", String.valueOf(recall));
        }
        for (int power = (int) leastLog; power <= mostLog; power++) {
            double speed = Math.pow(10, power);
            line(LEFT, y(speed), RIGHT, y(speed));
            text(LEFT - 8, y(speed) + 4, "end", String.format(Locale.ROOT, "%,.0f", speed));
        }
        text((LEFT + RIGHT) / 2.0, BOTTOM + 38, "middle", "recall@k");
    }

    private void series(List<Measured> measurements) {
        List<List<Measured>> kinds = List.copyOf(measurements.stream()
                .collect(Collectors.groupingBy(RecallPlot::name, LinkedHashMap::new, Collectors.toList()))
                .values());
        for (int i = 0; i < kinds.size(); i++) {
            String colour = COLOURS.get(i % COLOURS.size());
            curve(Interpolation.frontier(kinds.get(i)), colour);
            int legend = TOP + 10 + 22 * i;
            dot(RIGHT + 24, legend, colour);
            text(RIGHT + 36, legend + 4, "start", name(kinds.get(i).getFirst()));
        }
    }

    private static String name(Measured measured) {
        return measured.engine() + " " + measured.kind();
    }

    private void curve(List<Measured> frontier, String colour) {
        String points = frontier.stream()
                .map(each -> String.format(Locale.ROOT, "%.1f,%.1f", x(each.recall()), y(each.queriesPerCpuSecond())))
                .collect(Collectors.joining(" "));
        svg.append(String.format(
                Locale.ROOT,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
                points,
                colour));
        frontier.forEach(each -> dot(x(each.recall()), y(each.queriesPerCpuSecond()), colour));
    }

    private static double x(double recall) {
        double least = -Math.log(1 - LEAST_RECALL);
        double most = -Math.log(1 - MOST_RECALL);
        double at = -Math.log(1 - Math.min(recall, MOST_RECALL));
        return LEFT + (RIGHT - LEFT) * (at - least) / (most - least);
    }

    private double y(double speed) {
        return BOTTOM - (BOTTOM - TOP) * (Math.log10(speed) - leastLog) / (mostLog - leastLog);
    }

    private void dot(double x, double y, String colour) {
        svg.append(String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>%n", x, y, colour));
    }

    private void line(double fromX, double fromY, double toX, double toY) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#DDDDDD\"/>%n",
                fromX,
                fromY,
                toX,
                toY));
    }

    private void text(double x, double y, String anchor, String text) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"#333333\">%s</text>%n",
                x,
                y,
                anchor,
                escaped));
    }
}
