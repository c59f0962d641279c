package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Health;
import io.meridian.sources.json.Json;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

class EventReaderTest {
    @Test
    void aStatusUpdateIsReadCompletely() {
        assertThat(
                        read(
                                """
                                {"slaveId":"S4","taskId":"shop_web.instance-6b0c._app.1","taskStatus":"TASK_RUNNING","message":"",\
                                "appId":"/shop/web","host":"10.0.5.21","ipAddresses":[{"ipAddress":"172.31.254.3","protocol":"IPv4"}],\
                                "ports":[15263],"version":"2020-06-17T09:29:58.113402Z","eventType":"status_update_event"}\
                                """))
                .isEqualTo(
                        new MarathonEvent.StatusUpdate(
                                "status_update_event",
                                "/shop/web",
                                "shop_web.instance-6b0c._app.1",
                                "TASK_RUNNING",
                                "",
                                "S4",
                                "10.0.5.21",
                                List.of(IpAddress.literal("172.31.254.3")),
                                List.of(15263),
                                Instant.parse("2020-06-17T09:29:58.113Z")));
    }

    @Test
    void theJsonsTypePrecedesTheFramesName() {
        assertThat(
                        EventReader.read(
                                new Frame(
                                        "foo",
                                        "{\"eventType\":\"app_terminated_event\",\"appId\":\"/a\"}")))
                .isEqualTo(new MarathonEvent.AppTerminated("app_terminated_event", "/a"));
        assertThat(EventReader.read(new Frame("app_terminated_event", "{\"appId\":\"/a\"}")))
                .isEqualTo(new MarathonEvent.AppTerminated("app_terminated_event", "/a"));
    }

    @Test
    void missingAndNullAreTheSame() {
        String start =
                "{\"eventType\":\"instance_health_changed_event\",\"instanceId\":\"i\",\"runSpecId\":\"/a\"";
        assertThat(read(start + ",\"healthy\":null}")).isEqualTo(read(start + "}"));
        assertThat(read(start + "}")).hasFieldOrPropertyWithValue("health", Health.UNKNOWN);
    }

    @Test
    void aWrongValueIsNamedByItsPath() {
        assertThat(
                        read(
                                "{\"eventType\":\"status_update_event\",\"taskId\":\"t\",\"taskStatus\":\"TASK_RUNNING\",\"appId\":\"/a\","
                                    + "\"ipAddresses\":[{\"ipAddress\":\"10.0.4.300\"}]}"))
                .isEqualTo(
                        new MarathonEvent.Unreadable(
                                "status_update_event",
                                "$.ipAddresses[0].ipAddress",
                                "\"10.0.4.300\" is not an address"));
        assertThat(
                        read(
                                "{\"eventType\":\"status_update_event\",\"taskStatus\":\"TASK_RUNNING\",\"appId\":\"/a\"}"))
                .isEqualTo(
                        new MarathonEvent.Unreadable(
                                "status_update_event", "$.taskId", "is missing"));
        assertThat(EventReader.read(new Frame("x", "{")))
                .isInstanceOf(MarathonEvent.Unreadable.class);
        assertThat(EventReader.read(new Frame("x", "[]")))
                .isInstanceOf(MarathonEvent.Unreadable.class);
    }

    @Test
    void aPodIsNamedByTheUriIfPresent() {
        assertThat(pod("/v2/pods//shop/pod")).isEqualTo("/shop/pod");
        assertThat(pod("/v2/pods/shop/pod?force=true")).isEqualTo("/shop/pod");
        assertThat(pod("/v2/pods")).isEmpty();
    }

    @Test
    void aPlanNamesAppsAndPodsOnceEach() {
        MarathonEvent event =
                read(
                        """
                        {"eventType":"deployment_info","currentStep":{"actions":[{"action":"ScalePod","pod":"/p"}]},"plan":{"steps":[
                        {"actions":[{"action":"StartApplication","app":"/a"}]},{"actions":[{"type":"ScaleApplication","app":"/a"}]},
                        {"action":"ScaleApplication","app":"/old"},{"actions":[{"action":"ScalePod","pod":"/p"}]}]}}\
                        """);
        assertThat(event)
                .isEqualTo(
                        new MarathonEvent.Deployment(
                                "deployment_info",
                                List.of(new MarathonEvent.Target(ServiceKind.POD, "/p")),
                                List.of(
                                        new MarathonEvent.Target(ServiceKind.APP, "/a"),
                                        new MarathonEvent.Target(ServiceKind.APP, "/old"),
                                        new MarathonEvent.Target(ServiceKind.POD, "/p"))));
    }

    @Test
    void everyTypeOfMarathonIsRead() {
        Json all = Fixtures.json("marathon/events/synthetic-all-types.json");
        assertThat(all.fields())
                .hasSizeGreaterThan(25)
                .allSatisfy(
                        type ->
                                assertThat(read(all.at(type).node().toString()))
                                        .isNotInstanceOfAny(
                                                MarathonEvent.Unknown.class,
                                                MarathonEvent.Unreadable.class)
                                        .returns(type, MarathonEvent::type));
    }

    @TestFactory
    Stream<DynamicTest> linesOfSamplesAreReadAndOnlyTheInventedTypeIsUnknown() {
        return Stream.of(
                        "synthetic-variants.jsonl",
                        "synthetic-rolling-restart.jsonl",
                        "doc-samples.jsonl",
                        "doc-stream-2015.jsonl")
                .map(
                        file ->
                                dynamicTest(
                                        file,
                                        () -> {
                                            for (String line :
                                                    Fixtures.lines("marathon/events/" + file)) {
                                                MarathonEvent event = read(line);
                                                assertThat(event)
                                                        .as(line)
                                                        .isNotInstanceOf(
                                                                MarathonEvent.Unreadable.class);
                                                if (!event.type().equals("something_new_event")) {
                                                    assertThat(event)
                                                            .as(line)
                                                            .isNotInstanceOf(
                                                                    MarathonEvent.Unknown.class);
                                                }
                                            }
                                        }));
    }

    /**
     * Real streams of Marathon 1.11: nothing in them is unknown or unreadable, and no frame is
     * lost.
     */
    @TestFactory
    Stream<DynamicTest> recordedStreamsAreReadWhole() {
        return Fixtures.files("marathon-captures", ".*events.*\\.(sse|sse\\.gz|raw)").stream()
                .filter(file -> !file.getFileName().toString().contains("headers"))
                .map(
                        file ->
                                dynamicTest(
                                        file.getParent().getFileName() + "/" + file.getFileName(),
                                        () -> replay(file)));
    }

    private static void replay(Path file) {
        byte[] bytes = Fixtures.bytes(file);
        FrameReader reader = new FrameReader(64 << 20);
        List<MarathonEvent> bad = new ArrayList<>();
        int events = 0;
        for (Frame frame : reader.read(bytes)) {
            MarathonEvent event = EventReader.read(frame);
            events++;
            if (event instanceof MarathonEvent.Unknown
                    || event instanceof MarathonEvent.Unreadable) {
                bad.add(event);
            }
        }
        long written =
                Stream.of(
                                new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
                                        .split("\r\n", -1))
                        .filter(line -> line.startsWith("event: "))
                        .count();
        assertThat(bad).isEmpty();
        assertThat(written - events).as("frames without their end").isBetween(0L, 1L);
    }

    private static String pod(String uri) {
        MarathonEvent event = read("{\"eventType\":\"pod_updated_event\",\"uri\":\"" + uri + "\"}");
        return ((MarathonEvent.PodChanged) event).pod();
    }

    private static MarathonEvent read(String json) {
        return EventReader.read(new Frame("message", json));
    }
}
