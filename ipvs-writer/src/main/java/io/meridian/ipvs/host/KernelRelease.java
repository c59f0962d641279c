package io.meridian.ipvs.host;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A release of Linux. */
record KernelRelease(int major, int minor) {
    private static final Pattern FORM = Pattern.compile("(\\d+)\\.(\\d+).*", Pattern.DOTALL);

    /**
     * Parses a release.
     *
     * @param text such as {@code 6.1.0-13-amd64}; text of another form counts as the newest release
     */
    static KernelRelease of(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? new KernelRelease(
                        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))
                : new KernelRelease(Integer.MAX_VALUE, 0);
    }

    boolean isBefore(int otherMajor, int otherMinor) {
        return major < otherMajor || major == otherMajor && minor < otherMinor;
    }
}
