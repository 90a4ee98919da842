package io.voronode.cli.progress;

import io.voronode.cli.Terminal;
import java.io.PrintWriter;
import java.time.Duration;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar that is drawn over itself; notes scroll away above it. The bar's own timer thread draws. */
final class BarProgress implements Progress {
    private static final int REDRAW_MS = 200;
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintWriter err;
    private final ProgressBar bar;
    private String drawn = "";

    BarProgress(Terminal terminal, String task, long already, long total) {
        this.err = terminal.err();
        this.bar = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .startsFrom(already, Duration.ZERO)
                .setStyle(terminal.colours() ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK : ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(REDRAW_MS)
                .showSpeed()
                .setConsumer(new DelegatingProgressBarConsumer(this::draw, Math.min(terminal.width(), 100) - 1))
                .build();
    }

    private synchronized void draw(String line) {
        drawn = line;
        err.print(CLEAR_LINE + line);
        err.flush();
    }

    @Override
    public void reached(long done) {
        bar.stepTo(done);
    }

    @Override
    public synchronized void note(String line) {
        err.print(CLEAR_LINE + line + System.lineSeparator() + drawn);
        err.flush();
    }

    @Override
    public void close() {
        bar.close();
        err.println();
    }
}
