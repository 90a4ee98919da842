package io.voronode.cli.client;

import static io.voronode.cli.table.Figures.count;

import io.voronode.client.WhyNot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What became of a record in a search, in sentences. Pure. */
final class WhyNotText {
    private WhyNotText() {}

    static List<String> lines(String key, WhyNot answer) {
        List<String> lines = new ArrayList<>();
        lines.add("\"" + key + "\" " + sentence(answer));
        answer.distance().ifPresent(distance -> lines.add("distance: " + decimal(distance)));
        answer.farthestHitDistance().ifPresent(farthest -> lines.add("distance of the last hit: " + decimal(farthest)));
        answer.cell()
                .ifPresent(cell -> lines.add("cell: " + cell
                        + (answer.cellRank().isPresent()
                                ? ", the " + ordinal(answer.cellRank().getAsInt()) + " nearest"
                                : "")));
        lines.add("");
        lines.addAll(ExplanationText.lines(answer.explanation()));
        return lines;
    }

    private static String sentence(WhyNot answer) {
        String place = answer.rank().isPresent()
                ? "the " + ordinal(answer.rank().getAsInt()) + " nearest"
                : "beyond the 10 000 nearest";
        return switch (answer.reason()) {
            case FOUND -> "is found.";
            case NOT_LIVE -> "is not in the collection, or has expired.";
            case NOT_VISIBLE -> "is in the collection, but searches do not see it yet.";
            case FILTERED_OUT -> "does not match the filter.";
            case BEATEN -> "is " + place + ": others are nearer.";
            case CELL_NOT_SCANNED ->
                "is " + place + ", but its cell was not scanned: a higher --recall, or more cells, find it.";
            case LOST_TO_CODES ->
                "is " + place
                        + " and its cell was scanned, but the estimate by its code was too far off: --nprobe all finds it.";
        };
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String ordinal(int number) {
        String figure = count(number);
        int tens = number % 100;
        if (tens >= 11 && tens <= 13) {
            return figure + "th";
        }
        return switch (number % 10) {
            case 1 -> figure + "st";
            case 2 -> figure + "nd";
            case 3 -> figure + "rd";
            default -> figure + "th";
        };
    }
}
