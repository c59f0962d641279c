package io.meridian.sources.marathon;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The instance and container that a Marathon task id encodes. Status events have neither as a
 * field. Readers prefer the field wherever a response has one.
 *
 * @param instance instance id, such as {@code shop_web.instance-6b0c}; for a task of Marathon 1.3
 *     or older, the id that later versions derive; the task id itself if its form is unknown
 * @param container pod container; empty for an app's task
 */
public record TaskName(String instance, String container) {
    /** Stands for the container in the id of an app's only task. */
    private static final String APP = "_app";

    private static final List<Pattern> MODERN =
            List.of(
                    Pattern.compile("^(.+\\.(?:instance-|marathon-)[^_.]+)[._]([^.]+)\\.\\d+$"),
                    Pattern.compile("^(.+\\.(?:instance-|marathon-)[^_.]+)[._]([^.]+)$"));
    private static final List<Pattern> LEGACY =
            List.of(
                    Pattern.compile("^(.+)[._]([^_.]+)\\.\\d+$"),
                    Pattern.compile("^(.+)[._]([^_.]+)$"));

    /** Parses a task id; never fails. */
    public static TaskName of(String taskId) {
        for (Pattern form : MODERN) {
            Matcher matcher = form.matcher(taskId);
            if (matcher.matches()) {
                return new TaskName(
                        matcher.group(1), APP.equals(matcher.group(2)) ? "" : matcher.group(2));
            }
        }
        for (Pattern form : LEGACY) {
            Matcher matcher = form.matcher(taskId);
            if (matcher.matches()) {
                return new TaskName(matcher.group(1) + ".marathon-" + matcher.group(2), "");
            }
        }
        return new TaskName(taskId, "");
    }
}
