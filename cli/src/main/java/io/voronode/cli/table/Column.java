package io.voronode.cli.table;

/**
 * A column of a {@link Table}.
 *
 * @param title its heading
 * @param right whether it is aligned to the right, as numbers are
 * @param lines how many lines a cell may take: 1 cuts with …, more wraps first
 * @param flexible whether it gives way when the table is too wide
 */
public record Column(String title, boolean right, int lines, boolean flexible) {

    /** A number: never cut. */
    public static Column number(String title) {
        return new Column(title, true, 1, false);
    }

    /** A short word: never cut. */
    public static Column word(String title) {
        return new Column(title, false, 1, false);
    }

    /** Text of any length, wrapped to a few lines and then cut. */
    public static Column text(String title, int lines) {
        return new Column(title, false, lines, true);
    }
}
