package io.voronode.cli.logging;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.voronode.wire.RequestId;

/** The id of the user's call that the logging thread works for, in brackets; nothing where it works for none. */
public final class RequestConverter extends ClassicConverter {
    @Override
    public String convert(ILoggingEvent event) {
        String id = RequestId.current();
        return id.isEmpty() ? "" : "[" + id + "] ";
    }
}
