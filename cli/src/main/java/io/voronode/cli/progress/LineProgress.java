package io.voronode.cli.progress;

import io.voronode.cli.table.Figures;
import java.io.PrintWriter;
import java.time.Duration;

/** A line every few seconds, for logs and pipes. */
final class LineProgress implements Progress {
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final PrintWriter err;
    private final String task;
    private final String unit;
    private final long already;
    private final long total;
    private final long startNanos = System.nanoTime();
    private long printedNanos = startNanos;
    private long done;
    private long printed = -1;

    LineProgress(PrintWriter err, String task, String unit, long already, long total) {
        this.err = err;
        this.task = task;
        this.unit = unit;
        this.already = already;
        this.total = total;
        this.done = already;
    }

    @Override
    public synchronized void reached(long count) {
        done = count;
        if (System.nanoTime() - printedNanos >= INTERVAL.toNanos()) {
            print();
        }
    }

    @Override
    public synchronized void note(String line) {
        err.println(line);
    }

    @Override
    public synchronized void close() {
        if (done != printed) {
            print();
        }
    }

    private void print() {
        printedNanos = System.nanoTime();
        printed = done;
        Duration elapsed = Duration.ofNanos(printedNanos - startNanos);
        err.println(line(task, unit, already, done, total, elapsed));
    }

    static String line(String task, String unit, long already, long done, long total, Duration elapsed) {
        String of = total < 0 ? "" : " of " + Figures.count(total);
        long now = done - already;
        String left = total <= done || now == 0
                ? ""
                : ", " + Figures.time(Duration.ofSeconds((total - done) * elapsed.toSeconds() / now)) + " left";
        return task + ": " + Figures.count(done) + of + " " + unit + ", " + Figures.rate(now, elapsed) + left;
    }
}
