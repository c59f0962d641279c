package io.meridian.sources.mesos;

import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.ServiceId;
import io.meridian.sources.marathon.TaskName;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The service that a task belongs to, and whether Mesos is its only source. For the framework that
 * a Marathon source reads, the service's id comes from the task id. Unlike the discovery name, the
 * task id distinguishes dots from slashes.
 *
 * @param owned false if a Marathon source owns the service
 */
record Ownership(ServiceId service, boolean owned) {
    private static final Pattern INSTANCE = Pattern.compile("(.+)\\.(?:instance-|marathon-)[^.]+");

    /**
     * @param task under the key that has its framework's id
     * @param marathon framework that a Marathon source reads; empty without one
     * @return the ownership; empty if the framework has no name
     */
    static Optional<Ownership> of(MesosTask task, Optional<MarathonFramework> marathon) {
        Optional<String> path =
                marathon.filter(one -> one.is(task.framework(), task.id().framework()))
                        .flatMap(_ -> marathonPath(task));
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
