package io.meridian.sources.marathon;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.ServiceDefinition;

import java.time.Instant;
import java.util.List;

/**
 * An event of Marathon's event bus. All types up to Marathon 1.11 are here; {@code service} is the
 * absolute id of an app or of a pod. Time stamps are left out: they are neither monotonic nor the
 * time of the fact.
 */
sealed interface MarathonEvent {
    /** Name on the bus, such as {@code status_update_event}. */
    String type();

    /**
     * {@code status_update_event}: a task's state, health or check result changed.
     *
     * @param state name of the Mesos state, verbatim
     * @param hostPorts allocated host ports only
     */
    record StatusUpdate(
            String type,
            String service,
            String task,
            String state,
            String message,
            String agentId,
            String host,
            List<IpAddress> addresses,
            List<Integer> hostPorts,
            Instant version)
            implements MarathonEvent {}

    /**
     * {@code instance_changed_event}: condition or goal of an instance changed; the event does not
     * have the goal.
     */
    record InstanceChanged(String type, String service, String instance, String condition)
            implements MarathonEvent {}

    /**
     * {@code instance_health_changed_event}: the verdict over all tasks and checks of an instance.
     */
    record InstanceHealthChanged(String type, String service, String instance, Health health)
            implements MarathonEvent {}

    /**
     * {@code unknown_instance_terminated_event}: a task ended whose instance Marathon had already
     * forgotten.
     */
    record UnknownInstanceTerminated(String type, String service, String instance, String condition)
            implements MarathonEvent {}

    /** {@code app_terminated_event}: an app or a pod was stopped completely. */
    record AppTerminated(String type, String service) implements MarathonEvent {}

    /** {@code health_status_changed_event}: the verdict of one health check. */
    record CheckChanged(String type, String service, String instance, boolean alive)
            implements MarathonEvent {}

    /**
     * {@code add_health_check_event}, {@code remove_health_check_event}, {@code
     * failed_health_check_event}.
     */
    record CheckNoticed(String type, String service) implements MarathonEvent {}

    /**
     * {@code unhealthy_instance_kill_event}, before Marathon 1.4 {@code unhealthy_task_kill_event}.
     */
    record UnhealthyKill(String type, String service, String task, String reason)
            implements MarathonEvent {}

    /**
     * {@code api_post_event}: a client posted, put or patched one app.
     *
     * @param healthChecks number of health checks that the app declares
     */
    record AppPosted(String type, String service, ServiceDefinition definition, int healthChecks)
            implements MarathonEvent {}

    /**
     * {@code pod_created_event}, {@code pod_updated_event}, {@code pod_deleted_event}.
     *
     * @param pod id from the event's URI; empty if the URI has none, as on creation
     */
    record PodChanged(String type, String pod) implements MarathonEvent {}

    /**
     * {@code group_change_success}: an app, pod or group directly within this group was created,
     * changed or deleted.
     */
    record GroupChanged(String type, String group) implements MarathonEvent {}

    /** {@code group_change_failed}. */
    record GroupChangeFailed(String type, String group, String reason) implements MarathonEvent {}

    /** One app or pod that a deployment acts on. */
    record Target(ServiceKind kind, String service) {}

    /**
     * {@code deployment_info}, {@code deployment_step_success}, {@code deployment_step_failure},
     * {@code deployment_success}, {@code deployment_failed}.
     *
     * @param current apps and pods that the current step acts on; empty if the event has no step
     * @param planned apps and pods that all steps together act on
     */
    record Deployment(String type, List<Target> current, List<Target> planned)
            implements MarathonEvent {}

    /**
     * {@code scheduler_registered_event}, {@code scheduler_reregistered_event}, {@code
     * scheduler_disconnected_event}.
     */
    record SchedulerChanged(String type, String master) implements MarathonEvent {}

    /**
     * {@code event_stream_attached}, {@code event_stream_detached}, {@code subscribe_event}, {@code
     * unsubscribe_event}.
     */
    record SubscriberChanged(String type, String subscriber) implements MarathonEvent {}

    /** {@code framework_message_event}; the reader ignores its content. */
    record FrameworkMessage(String type) implements MarathonEvent {}

    /** An event of a type that this program does not know; counted and ignored. */
    record Unknown(String type) implements MarathonEvent {}

    /** An event of a known type with unreadable content. */
    record Unreadable(String type, String path, String why) implements MarathonEvent {}

    /**
     * An event about a service or task with an id that the domain cannot hold, so about none that
     * is known.
     */
    record Refused(String type, String path, String why) implements MarathonEvent {}
}
