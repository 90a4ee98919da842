package io.voronode.cli.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.LayoutBase;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A log event as one line for people: time, message and the root of its error. The file keeps the stack traces. */
final class OneLine extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    @Override
    public String doLayout(ILoggingEvent event) {
        String time =
                LocalTime.ofInstant(event.getInstant(), ZoneId.systemDefault()).format(TIME);
        String root = root(event.getThrowableProxy());
        boolean news = !root.isEmpty() && !event.getFormattedMessage().contains(root);
        return time + " " + event.getLevel() + " " + event.getFormattedMessage() + (news ? ": " + root : "")
                + System.lineSeparator();
    }

    private static String root(@Nullable IThrowableProxy error) {
        if (error == null) {
            return "";
        }
        IThrowableProxy root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() != null ? root.getMessage() : root.getClassName();
    }
}
