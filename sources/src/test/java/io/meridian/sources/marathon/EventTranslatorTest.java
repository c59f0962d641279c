package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.Health;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.service.TaskSighting;
import io.meridian.sources.SourceSignal;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class EventTranslatorTest {
    private static final ServiceId WEB = new ServiceId("dcos", "/web");

    private final Map<ServiceId, Integer> checks = new HashMap<>();
    private final EventTranslator translator =
            new EventTranslator("dcos", service -> checks.getOrDefault(service, 0));

    @Test
    void aStatusIsASightingOfItsTask() {
        TaskSighting seen = sighting(status("TASK_RUNNING"));
        assertThat(seen.phase()).isEqualTo(TaskPhase.RUNNING);
        assertThat(seen.instance()).isEqualTo("web.instance-1");
        assertThat(seen.addresses()).hasSize(1);
        assertThat(seen.hostPorts()).containsExactly(31000);
    }

    @Test
    void addressesOfAStatusThatIsNotRunningAreNotTheTasks() {
        assertThat(sighting(status("TASK_STARTING")).addresses()).isEmpty();
        assertThat(sighting(status("TASK_KILLED")).addresses()).isEmpty();
    }

    @Test
    void unreachableIsNoEnd() {
        TaskSighting seen = sighting(status("TASK_UNREACHABLE"));
        assertThat(seen.unreachable()).isTrue();
        assertThat(seen.phase()).isEqualTo(TaskPhase.RUNNING);
        assertThat(changed("UnreachableInactive"))
                .containsExactly(new EventAction.MarkOutdated(WEB));
    }

    @Test
    void anUnknownStateIsReadAgainAndEmitsNothing() {
        assertThat(translate(status("TASK_TELEPORTED")))
                .containsExactly(
                        new EventAction.MarkOutdated(WEB),
                        new EventAction.Reread(WEB, ServiceKind.UNKNOWN));
    }

    @Test
    void anEndWithAStatusNeedsNoHint() {
        translate(status("TASK_KILLED"));
        assertThat(changed("Killed")).containsExactly(new EventAction.MarkOutdated(WEB));
    }

    @Test
    void anEndWithoutAStatusIsAHint() {
        assertThat(changed("Killed"))
                .contains(hint(Optional.of("web.instance-1"), "instance Killed"));
    }

    @Test
    void afterARelaunchAnEndWithoutAStatusIsAHintAgain() {
        translate(status("TASK_KILLED"));
        translate(status("TASK_RUNNING"));
        assertThat(changed("Killed"))
                .contains(hint(Optional.of("web.instance-1"), "instance Killed"));
    }

    @Test
    void conditionsOfTheHappyPathLeadToNoRead() {
        for (String condition :
                List.of("Scheduled", "Provisioned", "Staging", "Starting", "Running", "Killing")) {
            assertThat(changed(condition)).containsExactly(new EventAction.MarkOutdated(WEB));
        }
    }

    @Test
    void onlyAVerdictOverAnInstanceIsEmitted() {
        assertThat(translate("instance_health_changed_event", INSTANCE + ",\"healthy\":true"))
                .contains(
                        new EventAction.Emit(
                                new SourceSignal.Observed(
                                        new Observation.HealthSeen(
                                                WEB, "web.instance-1", Health.HEALTHY))));
        assertThat(translate("instance_health_changed_event", INSTANCE + ",\"healthy\":null"))
                .containsExactly(new EventAction.MarkOutdated(WEB));
    }

    @Test
    void oneOfSeveralChecksThatRecoversIsNoVerdict() {
        String alive = "\"appId\":\"/web\",\"instanceId\":\"web.instance-1\",\"alive\":";
        assertThat(health(translate("health_status_changed_event", alive + "true")))
                .containsExactly(Health.HEALTHY);
        checks.put(WEB, 2);
        assertThat(health(translate("health_status_changed_event", alive + "true"))).isEmpty();
        assertThat(health(translate("health_status_changed_event", alive + "false")))
                .containsExactly(Health.UNHEALTHY);
    }

    @Test
    void anOldHealthEventGivesTheInstanceIdOfTheListing() {
        List<EventAction> steps =
                translate(
                        "health_status_changed_event",
                        "\"appId\":\"/web\",\"taskId\":\"web.0664256e-6771\",\"alive\":false");
        assertThat(steps)
                .contains(
                        new EventAction.Emit(
                                new SourceSignal.Observed(
                                        new Observation.HealthSeen(
                                                WEB,
                                                "web.marathon-0664256e-6771",
                                                Health.UNHEALTHY))));
    }

    @Test
    void anEndedUnknownInstanceIsAHintUnlessMesosDoesNotKnowIt() {
        assertThat(
                        translate(
                                "unknown_instance_terminated_event",
                                INSTANCE + ",\"condition\":\"Killed\""))
                .contains(hint(Optional.of("web.instance-1"), "forgotten instance Killed"));
        assertThat(
                        translate(
                                "unknown_instance_terminated_event",
                                INSTANCE + ",\"condition\":\"Unknown\""))
                .containsExactly(new EventAction.Reread(WEB, ServiceKind.UNKNOWN));
    }

    @Test
    void aTerminatedAppIsAHintForTheWholeService() {
        assertThat(translate("app_terminated_event", "\"appId\":\"/web\""))
                .contains(
                        hint(Optional.empty(), "app_terminated_event"),
                        new EventAction.Reread(WEB, ServiceKind.UNKNOWN));
    }

    @Test
    void aPostedAppIsADefinition() {
        List<EventAction> steps =
                translate(
                        "api_post_event",
                        "\"appDefinition\":{\"id\":\"/web\",\"version\":\"2026-01-01T00:00:00.000Z\"}");
        assertThat(steps)
                .contains(new EventAction.ServiceChanging(WEB))
                .anyMatch(
                        step ->
                                step
                                                instanceof
                                                EventAction.Emit(
                                                        SourceSignal.Observed(
                                                                Observation.Defined(
                                                                        var service,
                                                                        _)))
                                        && service.equals(WEB));
    }

    @Test
    void aPodEventWithoutPodInItsUriResolvesTheRootGroup() {
        assertThat(translate("pod_updated_event", "\"uri\":\"/v2/pods//web\""))
                .containsExactly(
                        new EventAction.ServiceChanging(WEB),
                        new EventAction.Reread(WEB, ServiceKind.POD));
        assertThat(translate("pod_created_event", "\"uri\":\"/v2/pods\""))
                .containsExactly(new EventAction.ResolveGroupChange("/"));
    }

    @Test
    void schedulerEventsAndUnreadableOnesNeedAListing() {
        assertThat(translate("scheduler_reregistered_event", "\"master\":\"m\""))
                .containsExactly(new EventAction.ListAll("scheduler_reregistered_event"));
        assertThat(translate("scheduler_disconnected_event", "\"x\":1"))
                .hasOnlyElementsOfType(EventAction.ListAll.class);
        assertThat(translate("status_update_event", "\"x\":1"))
                .hasOnlyElementsOfType(EventAction.ListAll.class);
        assertThat(translate("no_such_event", "\"x\":1")).isEmpty();
    }

    /**
     * The number of re-reads in recorded deployments depends on the number of services, not of
     * tasks.
     */
    @Test
    void recordedDeploymentsAskForFewReads() {
        for (String folder :
                List.of("01-host-app-lifecycle", "05-rolling-upgrade-restart", "08-pods")) {
            byte[] stream = Fixtures.bytes("marathon-captures/" + folder + "/events.sse");
            int reads = 0;
            int deployments = 0;
            int tasks = 0;
            Set<ServiceId> services = new HashSet<>();
            EventTranslator fresh = new EventTranslator("marathon", _ -> 0);
            for (Frame frame : new FrameReader(64 << 20).read(stream)) {
                MarathonEvent event = EventReader.read(frame);
                deployments += event.type().equals("deployment_success") ? 1 : 0;
                tasks += event instanceof MarathonEvent.StatusUpdate ? 1 : 0;
                for (EventAction step : fresh.translate(event)) {
                    assertThat(step).as(folder).isNotInstanceOf(EventAction.ListAll.class);
                    if (step instanceof EventAction.Reread reread) {
                        reads++;
                        services.add(reread.service());
                    }
                }
            }
            assertThat(services).isNotEmpty();
            assertThat(reads)
                    .as("%s: %s tasks' events in %s deployments", folder, tasks, deployments)
                    .isLessThanOrEqualTo(7 * deployments);
        }
    }

    private static final String INSTANCE =
            "\"instanceId\":\"web.instance-1\",\"runSpecId\":\"/web\"";

    private List<EventAction> changed(String condition) {
        return translate(
                "instance_changed_event", INSTANCE + ",\"condition\":\"" + condition + "\"");
    }

    private List<EventAction> translate(String type, String fields) {
        return translator.translate(EventReader.read(new Frame(type, "{" + fields + "}")));
    }

    private List<EventAction> translate(MarathonEvent event) {
        return translator.translate(event);
    }

    private TaskSighting sighting(MarathonEvent event) {
        for (EventAction step : translate(event)) {
            if (step
                    instanceof
                    EventAction.Emit(
                            SourceSignal.Observed(Observation.TaskSeen(_, var sighting, _)))) {
                return sighting;
            }
        }
        throw new AssertionError("no sighting");
    }

    private static List<Health> health(List<EventAction> steps) {
        List<Health> verdicts = new ArrayList<>();
        for (EventAction step : steps) {
            if (step
                    instanceof
                    EventAction.Emit(
                            SourceSignal.Observed(Observation.HealthSeen(_, _, var health)))) {
                verdicts.add(health);
            }
        }
        return verdicts;
    }

    private static EventAction hint(Optional<String> instance, String reason) {
        return new EventAction.Emit(new SourceSignal.EndHinted(WEB, instance, reason));
    }

    private static MarathonEvent status(String state) {
        return EventReader.read(
                new Frame(
                        "status_update_event",
                        "{\"taskId\":\"web.instance-1._app.1\",\"appId\":\"/web\",\"taskStatus\":\""
                                + state
                                + "\",\"host\":\"10.0.0.4\",\"ipAddresses\":[{\"ipAddress\":\"9.0.0.1\"}],\"ports\":[31000]}"));
    }
}
