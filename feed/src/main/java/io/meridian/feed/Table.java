package io.meridian.feed;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The tables that are fed to nodes. */
public enum Table {
    ZONE(1),
    VIP(2);

    private final int code;

    Table(int code) {
        this.code = code;
    }

    /** The table's code in frames; never reused. */
    public int code() {
        return code;
    }

    public static Optional<Table> of(int code) {
        return Arrays.stream(values()).filter(table -> table.code == code).findFirst();
    }

    /** The table's name in logs, metrics and file names: {@code zone} or {@code vip}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
