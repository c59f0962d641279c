package io.meridian.sources.mesos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.MesosTask.PortMapping;
import io.meridian.domain.service.NetworkMode;
import io.meridian.sources.json.UnreadableJson;
import io.meridian.sources.marathon.Fixtures;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

class MessageReaderTest {
    @ParameterizedTest
    @CsvSource({"operator-api.json, 38", "pod-tasks.json, 0", "recovered-agents.json, 0"})
    void everyRecordOfARealStreamIsRead(String file, int records) {
        List<MesosEvent> messages =
                Fixtures.lines("mesos/operator-api/" + file).stream()
                        .map(MessageReaderTest::read)
                        .toList();
        assertThat(messages)
                .noneMatch(MesosEvent.Unreadable.class::isInstance)
                .noneMatch(MesosEvent.Unknown.class::isInstance);
        assertThat(messages.getFirst()).isInstanceOf(MesosEvent.Subscribed.class);
        if (records > 0) {
            assertThat(messages).hasSize(records);
        }
    }

    @Test
    void theTypeMayComeLastAndRecoveredAgentsAreRead() {
        MesosEvent first =
                read(Fixtures.lines("mesos/operator-api/recovered-agents.json").getFirst());
        assertThat(first)
                .isInstanceOfSatisfying(
                        MesosEvent.Subscribed.class,
                        subscribed -> {
                            assertThat(subscribed.heartbeatSeconds()).isEqualTo(15.0);
                            assertThat(subscribed.state().agents()).isEmpty();
                            assertThat(subscribed.state().recovered())
                                    .containsExactly("65fccc5d-35a8-4cae-9eb2-05922043018e-S0");
                        });
    }

    @Test
    void aTaskIsReadWithItsContainerPortsAndStatuses() {
        TaskReport task =
                Fixtures.lines("mesos/operator-api/recovered-agents.json").stream()
                        .map(MessageReaderTest::read)
                        .filter(MesosEvent.TaskAdded.class::isInstance)
                        .map(MesosEvent.TaskAdded.class::cast)
                        .findFirst()
                        .orElseThrow()
                        .task();
        assertThat(task.key().task())
                .isEqualTo("web.instance-8b38cc52-c951-11e9-8d5b-70b3d5800001._app.1");
        assertThat(task.state()).isEqualTo("TASK_FAILED");
        assertThat(task.containerizer()).isEqualTo(Containerizer.MESOS);
        assertThat(task.declared()).isEmpty();
        assertThat(task.hostPorts()).containsExactly(2160);
        assertThat(task.requested())
                .singleElement()
                .satisfies(
                        network -> {
                            assertThat(network.name()).isEqualTo("mesos-bridge");
                            assertThat(network.addresses()).isEmpty();
                            assertThat(network.mappings())
                                    .containsExactly(new PortMapping(2160, 10080, "tcp"));
                        });
        assertThat(task.discovery().orElseThrow().ports())
                .singleElement()
                .satisfies(
                        port ->
                                assertThat(port.labels())
                                        .containsExactlyInAnyOrderEntriesOf(
                                                Map.of(
                                                        "VIP_0",
                                                        "/web:10080",
                                                        "network-scope",
                                                        "host")));
        assertThat(TaskEntry.latest(task).orElseThrow().state()).isEqualTo("TASK_FAILED");
    }

    @Test
    void aStateIsReadFromEitherNameOfItsTaskList() {
        StateDocument state =
                MessageReader.state(Fixtures.stream("mesos/operator-api/vip-labels.json"));
        assertThat(state.tasks())
                .singleElement()
                .satisfies(
                        task -> {
                            assertThat(task.hostPorts()).containsExactly(9999, 10000, 10001, 10002);
                            assertThat(task.labels()).containsEntry("vip_port0", "tcp://def:80");
                            assertThat(TaskEntry.latest(task).orElseThrow().health())
                                    .isEqualTo(Health.HEALTHY);
                        });
        assertThat(
                        MessageReader.state(Fixtures.stream("mesos/operator-api/dns-hostname.json"))
                                .tasks())
                .singleElement()
                .satisfies(task -> assertThat(task.declared()).contains(NetworkMode.HOST));
    }

    @Test
    void theStateBeforeTheV1ApiIsRead() {
        StateDocument state =
                MessageReader.legacyState(Fixtures.stream("mesos/mesos-dns/edge.json"));
        assertThat(state.leader()).isEqualTo("master@127.0.0.1:15050");
        assertThat(state.agents()).isNotEmpty().allMatch(agent -> !agent.pid().isEmpty());
        assertThat(state.frameworks()).isNotEmpty();
        assertThat(state.tasks()).isNotEmpty().allMatch(task -> !task.key().framework().isEmpty());

        StateDocument overlay =
                MessageReader.legacyState(
                        Fixtures.stream("mesos/state/mesos_state-state-overlay.json"));
        assertThat(
                        overlay.tasks().stream()
                                .flatMap(task -> task.statuses().stream())
                                .flatMap(status -> status.networks().stream())
                                .flatMap(network -> network.addresses().stream())
                                .map(IpAddress::toString)
                                .collect(Collectors.toSet()))
                .isNotEmpty();
        assertThat(
                        MessageReader.legacyState(
                                        Fixtures.stream("mesos/state/mesos_state-state_di.json"))
                                .tasks())
                .singleElement()
                .satisfies(
                        task -> {
                            assertThat(task.hostPorts()).containsExactly(19426);
                            assertThat(task.discovery().orElseThrow().ports().getFirst().labels())
                                    .containsEntry("VIP_0", "1.2.3.4:8080");
                        });
    }

    @Test
    void beforeTheV1ApiATaskBelongsToTheFrameworkOfItsEntry() {
        StateDocument state =
                MessageReader.legacyState(
                        Fixtures.of(
                                """
                                {"frameworks":[{"tasks":[{"id":"t","framework_id":"other"},{"id":"u"}],"id":"f","name":"n"}]}
                                """));
        assertThat(state.tasks())
                .extracting(TaskReport::key)
                .containsExactly(new TaskKey("f", "t"), new TaskKey("f", "u"));
    }

    @Test
    void samplesOfTheDocumentationAreReadExceptOutdatedTaskEvents() {
        for (Path file :
                Fixtures.sharedFiles("mesos/operator-api-doc", "(AGENT|FRAMEWORK|TASK)_.*")) {
            MesosEvent message = MessageReader.read(Fixtures.bytes(file));
            assertThat(message).as(file.toString()).isNotInstanceOf(MesosEvent.Unknown.class);
            if (!file.getFileName().toString().startsWith("TASK")) {
                assertThat(message)
                        .as(file.toString())
                        .isNotInstanceOf(MesosEvent.Unreadable.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"type\":\"TASK_VANISHED\",\"task_vanished\":{\"x\":[1,{\"y\":null}]}}",
                "{\"type\":null}",
                "{\"type\":\"NEW\"}"
            })
    void anEventOfAnotherTypeIsUnknown(String json) {
        assertThat(read(json)).isInstanceOf(MesosEvent.Unknown.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{\"type\":\"TASK_ADDED\"",
                "{\"type\":\"TASK_ADDED\"}",
                "{\"type\":\"TASK_ADDED\",\"task_added\":{\"task\":{\"name\":\"x\"}}}",
                "{\"type\":\"TASK_UPDATED\",\"task_updated\":{\"state\":\"TASK_RUNNING\"}}",
                "{\"type\":\"AGENT_REMOVED\",\"agent_removed\":{}}",
                "{\"type\":\"SUBSCRIBED\",\"subscribed\":{}}",
                "{\"type\":\"SUBSCRIBED\",\"subscribed\":null}",
                "{\"type\":\"SUBSCRIBED\",\"subscribed\":{\"get_state\":[]}}"
            })
    void anEventWithoutRequiredFieldsIsUnreadableAndNothingIsThrown(String json) {
        assertThat(read(json)).isInstanceOf(MesosEvent.Unreadable.class);
    }

    @Test
    void aPartOfAWrongTypeIsLeftOutAndItsTaskIsRead() {
        TaskReport task =
                ((MesosEvent.TaskAdded)
                                read(
                                        """
                                        {"type":"TASK_ADDED","task_added":{"task":{"task_id":{"value":"t"},"framework_id":{"value":"f"},
                                        "name":7,"state":null,"resources":"none","statuses":{},"labels":[{"key":"a"},3],
                                        "container":{"type":"DOCKER","docker":{"network":"SPACE","port_mappings":[{"host_port":-1,"container_port":80}]}},
                                        "discovery":{"ports":{"ports":[{"number":99999},{"number":80,"protocol":"tcp"},null]}}}}}
                                        """))
                        .task();
        assertThat(task.key()).isEqualTo(new TaskKey("f", "t"));
        assertThat(task.name()).isEmpty();
        assertThat(task.hostPorts()).isEmpty();
        assertThat(task.declared()).isEqualTo(Optional.empty());
        assertThat(task.discovery().orElseThrow().ports())
                .singleElement()
                .satisfies(port -> assertThat(port.number()).isEqualTo(80));
    }

    @Test
    void aResponseWithoutStateIsRefused() {
        for (String json : List.of("", "{}", "[]", "{\"type\":\"GET_STATE\"}", "{\"get_state\":")) {
            assertThatThrownBy(() -> MessageReader.state(Fixtures.of(json)))
                    .isInstanceOf(UnreadableJson.class);
            assertThatThrownBy(() -> MessageReader.legacyState(Fixtures.of(json)))
                    .isInstanceOf(UnreadableJson.class);
        }
    }

    static MesosEvent read(String json) {
        return MessageReader.read(json.getBytes(StandardCharsets.UTF_8));
    }
}
