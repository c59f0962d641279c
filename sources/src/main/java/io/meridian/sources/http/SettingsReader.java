package io.meridian.sources.http;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Reads settings under one prefix. A bad value throws with one line: key, value, range. */
public final class SettingsReader {
    private final Config config;
    private final String prefix;

    public SettingsReader(Config config, String prefix) {
        this.config = config;
        this.prefix = prefix + ".";
    }

    public String text(String key) {
        return read(() -> config.getString(prefix + key));
    }

    public List<String> texts(String key) {
        return read(() -> config.getStringList(prefix + key));
    }

    public boolean flag(String key) {
        return read(() -> config.getBoolean(prefix + key));
    }

    public Duration duration(String key, Duration min, Duration max) {
        Duration value = read(() -> config.getDuration(prefix + key));
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw bad(
                    key,
                    "must be between "
                            + seconds(min)
                            + " and "
                            + seconds(max)
                            + ": was "
                            + seconds(value));
        }
        return value;
    }

    public long number(String key, long min, long max) {
        return inRange(key, read(() -> config.getLong(prefix + key)), min, max, "");
    }

    public long bytes(String key, long min, long max) {
        return inRange(key, read(() -> config.getBytes(prefix + key)), min, max, " bytes");
    }

    /**
     * A limit in bytes for one message in memory: the value, or a fifth of the heap if that is
     * less, because the message, its text and what is read from it are in memory together.
     */
    public long bytesInHeap(String key, long min, long max) {
        return Math.min(bytes(key, min, max), Math.max(min, Runtime.getRuntime().maxMemory() / 5));
    }

    /** The exception to throw for a value of this key; the caller adds file and line. */
    public BadSettingException bad(String key, String rule) {
        return new BadSettingException("setting " + prefix + key + " " + rule);
    }

    private long inRange(String key, long value, long min, long max, String unit) {
        if (value < min || value > max) {
            throw bad(key, "must be between " + min + " and " + max + unit + ": was " + value);
        }
        return value;
    }

    private static <T> T read(Supplier<T> read) {
        try {
            return read.get();
        } catch (ConfigException e) { // the message of ConfigException names origin, key and type
            throw new BadSettingException("setting " + e.getMessage());
        }
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? duration.toSeconds() + " s"
                : String.format(Locale.ROOT, "%.3f s", duration.toMillis() / 1000.0);
    }
}
