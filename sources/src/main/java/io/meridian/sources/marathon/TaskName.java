package io.meridian.sources.marathon;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Marathon writes into a task id. Status events name neither instance nor container, so here
 * the id must be parsed; wherever a field exists it is used instead.
 *
 * @param instance instance id, such as {@code shop_web.instance-6b0c}; of a task of Marathon 1.3
 *     and older the one that later versions give it; the task id itself if that has no known form
 * @param container pod container; empty for an app's task
 */
public record TaskName(String instance, String container) {
    /** An app's only task has this in place of a container name. */
    private static final String APP = "_app";

    private static final List<Pattern> MODERN =
            List.of(
                    Pattern.compile("^(.+\\.(?:instance-|marathon-)[^_.]+)[._]([^.]+)\\.\\d+$"),
                    Pattern.compile("^(.+\\.(?:instance-|marathon-)[^_.]+)[._]([^.]+)$"));
    private static final List<Pattern> LEGACY =
            List.of(
                    Pattern.compile("^(.+)[._]([^_.]+)\\.\\d+$"),
                    Pattern.compile("^(.+)[._]([^_.]+)$"));

    /** What a task id says; never fails. */
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
