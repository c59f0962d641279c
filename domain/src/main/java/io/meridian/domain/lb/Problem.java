package io.meridian.domain.lb;

/**
 * A part of the input that is not served, with the reason for the operator.
 *
 * @param app id of the Marathon app
 * @param part the part of the app that is not served: a port index, a task id, or "app"
 * @param reason a sentence that names the label or field and its value
 */
public record Problem(String app, String part, String reason) {
    /** Problem of the port with index {@code index} in the list of service ports. */
    public static Problem ofPort(String app, int index, String reason) {
        return new Problem(app, "port " + index, reason);
    }

    /** Problem of a whole app: none of its ports is served. */
    public static Problem ofApp(String app, String reason) {
        return new Problem(app, "app", reason);
    }

    /** One line for logs and the terminal. Control characters of the input are masked. */
    public String line() {
        return Text.masked(
                "cannot serve " + part + ": app=" + app + ": " + reason + "; the rest is rendered");
    }
}
