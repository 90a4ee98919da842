package io.voronode.cli.table;

import java.util.ArrayList;
import java.util.List;

/** Text made fit for a cell. Pure. */
public final class Text {
    private static final String ELLIPSIS = "…";

    private Text() {}

    /** One line without control characters, which could steer the terminal. */
    public static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
        return line.toString().strip();
    }

    /** Columns that the text takes, one for each code point. */
    public static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The text, or its beginning and … where it is longer than the width. */
    public static String cut(String text, int width) {
        if (width(text) <= width) {
            return text;
        }
        return prefix(text, Math.max(0, width - 1)).stripTrailing() + ELLIPSIS;
    }

    /** At most so many lines, broken at blanks where there are any; the last is cut. */
    public static List<String> wrap(String text, int width, int maxLines) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (lines.size() < maxLines - 1 && width(rest) > width) {
            String head = prefix(rest, width + 1);
            int blank = head.lastIndexOf(' ');
            String line = blank > 0 ? head.substring(0, blank) : prefix(rest, width);
            lines.add(line);
            rest = rest.substring(line.length()).stripLeading();
        }
        lines.add(cut(rest, width));
        return lines;
    }

    private static String prefix(String text, int codePoints) {
        return text.substring(0, text.offsetByCodePoints(0, Math.min(codePoints, width(text))));
    }
}
