package io.meridian.sources.mesos;

import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.ServiceId;
import io.meridian.sources.marathon.TaskName;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which service a task is of, and whether Mesos's word on it is the only one. Services of a
 * framework that a Marathon source tells of are found by the task id, which has the app's id in it:
 * unlike the discovery name it tells dots from slashes.
 *
 * @param owned false if a Marathon source tells of the service
 */
record Ownership(ServiceId service, boolean owned) {
    private static final Pattern INSTANCE = Pattern.compile("(.+)\\.(?:instance-|marathon-)[^.]+");

    /**
     * @param marathon framework that a Marathon source tells of
     * @return empty if the framework has no name
     */
    static Optional<Ownership> of(MesosTask task, Optional<String> marathon) {
        Optional<String> path =
                marathon.filter(task.framework()::equals).flatMap(_ -> marathonPath(task));
        return path.isPresent()
                ? Optional.of(new Ownership(new ServiceId(task.framework(), path.get()), false))
                : task.service().map(service -> new Ownership(service, true));
    }

    private static Optional<String> marathonPath(MesosTask task) {
        Matcher instance = INSTANCE.matcher(TaskName.of(task.id().value()).instance());
        if (instance.matches()) {
            return Optional.of("/" + instance.group(1).replace('_', '/'));
        }
        return task.discovery()
                .map(MesosTask.Discovery::name)
                .filter(name -> !name.isEmpty())
                .map(name -> "/" + String.join("/", List.of(name.split("\\.")).reversed()));
    }
}
