package io.meridian.domain.table;

import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;

/**
 * Writes and reads {@link Row#owner()} of an instance's rows, such as {@code marathon:/shop/web
 * shop_web.instance-1._app.1}. A blank in a framework name or path becomes {@code %20}, so the
 * first blank ends the service.
 */
public final class Owner {
    private Owner() {}

    public static String of(ServiceId service, TaskId task) {
        return service.toString().replace("%", "%25").replace(" ", "%20") + " " + task;
    }

    /**
     * Returns the service of an owner that {@link #of} wrote.
     *
     * @throws IllegalArgumentException if the text has no blank or no service before it
     */
    public static ServiceId service(String owner) {
        String text = owner.substring(0, blank(owner));
        return ServiceId.parse(text.replace("%20", " ").replace("%25", "%"));
    }

    /**
     * Returns the task of an owner that {@link #of} wrote.
     *
     * @throws IllegalArgumentException if the text has no blank or no task after it
     */
    public static TaskId task(String owner) {
        return TaskId.parse(owner.substring(blank(owner) + 1));
    }

    private static int blank(String owner) {
        int at = owner.indexOf(' ');
        if (at < 0) {
            throw new IllegalArgumentException(
                    "\"" + owner + "\" is not a service id, a blank and a task id");
        }
        return at;
    }
}
