package io.meridian.controlplane.log;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

import org.slf4j.helpers.MessageFormatter;

import java.util.Arrays;

/**
 * Logback's {@code %text}: the message on one line, with each argument cut to {@value #LIMIT}
 * characters. Arguments hold outside text, such as the ids of 10,000 tasks.
 */
public final class MessageConverter extends ClassicConverter {
    private static final int LIMIT = 500;

    /** Longest message without arguments: Akka's loggers put outside text into the message. */
    private static final int WHOLE = 2000;

    @Override
    public String convert(ILoggingEvent event) {
        Object[] arguments = event.getArgumentArray();
        String message = event.getMessage();
        if (arguments == null || message == null) {
            return LogText.escaped(LogText.cut(String.valueOf(message), WHOLE));
        }
        Object[] cut =
                Arrays.stream(arguments)
                        .map(one -> LogText.cut(String.valueOf(one), LIMIT))
                        .toArray();
        return LogText.escaped(MessageFormatter.basicArrayFormat(message, cut));
    }
}
