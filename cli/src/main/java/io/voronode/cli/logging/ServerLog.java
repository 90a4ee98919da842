package io.voronode.cli.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** The log of a server: set up once, before its first part starts. */
public final class ServerLog {
    private ServerLog() {}

    /**
     * Sends all log lines to a file of bounded size.
     *
     * @param warningsToStderr whether our own warnings go to standard error as well
     */
    public static void toFile(Path file, boolean warningsToStderr) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        if (warningsToStderr) {
            Appenders.warnOnStderr(context);
        }
        logTo(context, Appenders.file(context, file));
    }

    /** Sends all log lines to standard error, for processes whose log something else collects. */
    public static void toStderr() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        logTo(context, Appenders.stderr(context));
    }

    private static void logTo(LoggerContext context, Appender<ILoggingEvent> appender) {
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        context.getLogger(Appenders.OURS).setLevel(Level.INFO);
        // They say with a stack trace each that a peer or a server is away, again and again until it is back.
        context.getLogger("org.apache.zookeeper.ClientCnxn").setLevel(Level.ERROR);
        context.getLogger("org.apache.ratis").setLevel(Level.ERROR);
        // It warns of graphics cards that it does not find; models run on the CPU.
        context.getLogger("ai.djl").setLevel(Level.ERROR);
    }
}
