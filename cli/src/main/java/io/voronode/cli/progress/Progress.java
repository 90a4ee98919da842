package io.voronode.cli.progress;

import io.voronode.cli.Terminal;

/** Shows how far something is. Any thread may call it. */
public interface Progress extends AutoCloseable {

    /**
     * A bar on a terminal, lines elsewhere.
     *
     * @param task what is done, in a word or two
     * @param unit what is counted, in the plural
     * @param already how many were done before, and do not count for the rate
     * @param total how many there will be; negative: unknown
     */
    static Progress on(Terminal terminal, String task, String unit, long already, long total) {
        return terminal.interactive()
                ? new BarProgress(terminal, task, already, total)
                : new LineProgress(terminal.err(), task, unit, already, total);
    }

    /** So many are done now, all in all. */
    void reached(long done);

    /** Says something without disturbing the picture. */
    void note(String line);

    /** Shows the last state and stops. */
    @Override
    void close();
}
