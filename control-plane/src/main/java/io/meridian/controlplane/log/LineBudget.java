package io.meridian.controlplane.log;

import java.util.HashMap;
import java.util.Map;

/**
 * Bounds how many lines of one kind are logged: within a window the first {@code most}, then the
 * 2nd, 4th, 8th... of the rest. A new window begins with the first line after the last window's
 * end. Not thread-safe.
 */
final class LineBudget {
    private final long window;
    private final int most;
    private final int mostKinds;
    private final Map<String, Window> kinds = new HashMap<>();

    /** Lines of one kind since the begin of its window. */
    private static final class Window {
        private final long begin;
        private long lines;
        private long leftOut;

        Window(long begin) {
            this.begin = begin;
        }
    }

    /**
     * @param window length of a window, in the unit of the clock
     * @param most lines of one kind that a window has without a gap
     * @param mostKinds kinds that are remembered; above it all are forgotten
     */
    LineBudget(long window, int most, int mostKinds) {
        this.window = window;
        this.most = most;
        this.mostKinds = mostKinds;
    }

    /**
     * Counts one line.
     *
     * @return lines of this kind left out before this one, or -1 if this line is left out
     */
    long onLine(String kind, long now) {
        Window current = kinds.get(kind);
        long before = 0;
        if (current == null || now - current.begin >= window) {
            before = current == null ? 0 : current.leftOut;
            if (kinds.size() >= mostKinds) {
                kinds.clear();
            }
            current = new Window(now);
            kinds.put(kind, current);
        }
        current.lines++;
        long beyond = current.lines - most;
        if (beyond > 0 && Long.bitCount(beyond) != 1 || beyond == 1) {
            current.leftOut++;
            return -1;
        }
        before += current.leftOut;
        current.leftOut = 0;
        return before;
    }
}
