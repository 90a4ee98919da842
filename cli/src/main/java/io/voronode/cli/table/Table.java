package io.voronode.cli.table;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Rows under headings. Filled and rendered by one thread. */
public final class Table {
    private static final String GAP = "  ";
    private static final int MIN_FLEXIBLE_WIDTH = 8;
    private static final String BOLD = "\u001b[1m";
    private static final String RESET = "\u001b[0m";

    private final List<Column> columns;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(List<Column> columns) {
        this.columns = List.copyOf(columns);
    }

    /** Adds a row; one cell for each column. */
    public Table row(Object... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        rows.add(IntStream.range(0, cells.length)
                .mapToObj(i -> Text.oneLine(String.valueOf(cells[i])))
                .toList());
        return this;
    }

    /** The table as lines of at most this width, as far as its inflexible columns allow. */
    public List<String> render(int width, boolean colours) {
        int[] widths = fit(width);
        List<String> lines = new ArrayList<>();
        String heading = line(widths, columns.stream().map(Column::title).toList());
        lines.add(colours ? BOLD + heading + RESET : heading);
        rows.forEach(row -> lines.addAll(lines(widths, row)));
        return lines;
    }

    private int[] fit(int width) {
        int[] widths =
                IntStream.range(0, columns.size()).map(this::naturalWidth).toArray();
        int excess = IntStream.of(widths).sum() + GAP.length() * (columns.size() - 1) - width;
        while (excess > 0) {
            int widest = widestFlexible(widths);
            if (widest < 0) {
                break;
            }
            widths[widest]--;
            excess--;
        }
        return widths;
    }

    private int naturalWidth(int column) {
        int cells =
                rows.stream().mapToInt(row -> Text.width(row.get(column))).max().orElse(0);
        return Math.max(Text.width(columns.get(column).title()), cells);
    }

    private int widestFlexible(int[] widths) {
        int widest = -1;
        for (int i = 0; i < widths.length; i++) {
            boolean gives = columns.get(i).flexible() && widths[i] > MIN_FLEXIBLE_WIDTH;
            if (gives && (widest < 0 || widths[i] > widths[widest])) {
                widest = i;
            }
        }
        return widest;
    }

    private List<String> lines(int[] widths, List<String> row) {
        List<List<String>> cells = new ArrayList<>();
        for (int i = 0; i < widths.length; i++) {
            Column column = columns.get(i);
            cells.add(column.flexible() ? Text.wrap(row.get(i), widths[i], column.lines()) : List.of(row.get(i)));
        }
        int height = cells.stream().mapToInt(List::size).max().orElse(1);
        return IntStream.range(0, height)
                .mapToObj(n -> line(
                        widths,
                        cells.stream()
                                .map(cell -> n < cell.size() ? cell.get(n) : "")
                                .toList()))
                .toList();
    }

    private String line(int[] widths, List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(Math.max(0, widths[i] - Text.width(cells.get(i))));
            line.append(i == 0 ? "" : GAP)
                    .append(columns.get(i).right() ? padding + cells.get(i) : cells.get(i) + padding);
        }
        return line.toString().stripTrailing();
    }
}
