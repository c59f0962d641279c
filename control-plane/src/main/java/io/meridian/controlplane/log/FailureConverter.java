package io.meridian.controlplane.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.pattern.ThrowableHandlingConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;

import java.util.ArrayList;
import java.util.List;

/**
 * Logback's {@code %failure}. At WARN and below a throwable is an outage of another program, and
 * its causes stand on the line of the message. At ERROR it is a fault of this program, and the
 * stack follows.
 */
public final class FailureConverter extends ThrowableHandlingConverter {
    private static final int LIMIT = 500;
    private static final int MOST_CAUSES = 10;

    @Override
    public String convert(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown == null) {
            return "\n";
        }
        return event.getLevel().isGreaterOrEqual(Level.ERROR)
                ? ": " + firstLine(thrown) + "\n" + stack(thrown)
                : ": " + causes(thrown) + "\n";
    }

    private static String causes(IThrowableProxy thrown) {
        List<String> lines = new ArrayList<>();
        for (IThrowableProxy one = thrown;
                one != null && lines.size() < MOST_CAUSES;
                one = one.getCause()) {
            String line = firstLine(one);
            if (lines.isEmpty() || !lines.getLast().contains(line)) {
                lines.add(line);
            }
        }
        return String.join(": caused by ", lines);
    }

    private static String stack(IThrowableProxy thrown) {
        StringBuilder out = new StringBuilder();
        IThrowableProxy one = thrown;
        for (int i = 0; one != null && i < MOST_CAUSES; i++) {
            if (i > 0) {
                out.append("Caused by: ").append(firstLine(one)).append('\n');
            }
            StackTraceElementProxy[] frames = one.getStackTraceElementProxyArray();
            int own = frames.length - one.getCommonFrames();
            for (int j = 0; j < own; j++) {
                out.append("\tat ").append(frames[j].getStackTraceElement()).append('\n');
            }
            if (one.getCommonFrames() > 0) {
                out.append("\t... ").append(one.getCommonFrames()).append(" more\n");
            }
            one = one.getCause();
        }
        return out.toString();
    }

    private static String firstLine(IThrowableProxy thrown) {
        String message = thrown.getMessage();
        return thrown.getClassName()
                + (message == null ? "" : ": " + LogText.escaped(LogText.cut(message, LIMIT)));
    }
}
