package io.meridian.controlplane.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

import java.util.concurrent.TimeUnit;

/**
 * Leaves out WARN and ERROR lines that repeat without end. Lines of one logger whose message
 * patterns differ in numbers alone are of one kind; {@link LineBudget} bounds each kind. A line
 * that follows lines left out comes after one that says how many.
 */
public final class RepetitionFilter extends TurboFilter {
    private static final long WINDOW = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST = 20;
    private static final int MOST_KINDS = 1000;
    private static final int PATTERN = 200;

    /** Pattern of this filter's own line, which is never left out. */
    private static final String LEFT_OUT = "lines like the next one were left out: count={}";

    private final LineBudget budget = new LineBudget(WINDOW, MOST, MOST_KINDS);

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        // Without a format, the caller only asks whether the level is enabled.
        if (format == null
                || !level.isGreaterOrEqual(Level.WARN)
                || !level.isGreaterOrEqual(logger.getEffectiveLevel())
                || format.equals(LEFT_OUT)) {
            return FilterReply.NEUTRAL;
        }
        String kind =
                logger.getName() + " " + LogText.cut(format, PATTERN).replaceAll("[0-9]+", "#");
        long leftOut;
        synchronized (budget) {
            leftOut = budget.onLine(kind, System.nanoTime());
        }
        if (leftOut < 0) {
            return FilterReply.DENY;
        }
        if (leftOut > 0) {
            logger.warn(LEFT_OUT, leftOut);
        }
        return FilterReply.NEUTRAL;
    }
}
