package io.meridian.ipvs.uml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A systemd service unit with its drop-ins; a list that is set more than once has all values.
 *
 * @param lines settings in the order of the files
 */
public record SystemdUnit(List<String> lines) {
    /** Numeric user and group in the guest: the unit's own user may not exist there. */
    private static final int USER = 65534;

    public SystemdUnit {
        lines = List.copyOf(lines);
    }

    public static SystemdUnit read(Path... files) {
        return new SystemdUnit(
                Arrays.stream(files).flatMap(SystemdUnit::settings).map(String::strip).toList());
    }

    private static Stream<String> settings(Path file) {
        try {
            return Files.readAllLines(file).stream().filter(line -> line.matches("[A-Z]\\w+=.*"));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** All values of a setting, in order. */
    public List<String> values(String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .toList();
    }

    /** Capabilities of the process, as in {@code net_admin}. */
    public SortedSet<String> capabilities() {
        return values("AmbientCapabilities").stream()
                .flatMap(value -> Stream.of(value.split(" ")))
                .map(name -> name.toLowerCase(Locale.ROOT).replaceFirst("^cap_", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Shell lines that systemd runs as root before the process. */
    public String preparation() {
        return values("ExecStartPre").stream()
                .map(command -> command.replaceFirst("^\\+", ""))
                .map(command -> command.replace("chgrp meridian", "chgrp " + USER))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** A shell command that runs another as systemd runs the unit's process. */
    public String as(String command) {
        String added =
                capabilities().stream().map(name -> "+" + name).collect(Collectors.joining(","));
        return "setpriv --reuid=%1$d --regid=%1$d --clear-groups --no-new-privs --bounding-set=-all,%2$s --inh-caps=-all,%2$s --ambient-caps=-all,%2$s %3$s"
                .formatted(USER, added, command);
    }
}
