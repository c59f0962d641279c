package io.meridian.sources.marathon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.domain.service.Observation;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.vip.VipRules;
import io.meridian.domain.zone.NamingRules;
import io.meridian.sources.ArbitraryJson;
import io.meridian.sources.SourceSignal;
import io.meridian.sources.json.UnreadableJson;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Whatever Marathon sends, no event of a service and no row has text that the journal refuses. */
class ArbitraryMarathonLawTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String APPS =
            """
            {"apps":[{"id":"/web","version":"2026-01-01T00:00:00.000Z","networks":[{"mode":"container","name":"dcos"}],
            "labels":{"VIP_0":"/web:80","HAPROXY":"x"},"container":{"type":"DOCKER","portMappings":[{"containerPort":80,"hostPort":0,"name":"http",
            "protocol":"tcp","labels":{"VIP_0":"/web:80"}}]},"healthChecks":[{}],"tasks":[{"id":"web.instance-1._app.1","state":"TASK_RUNNING",
            "host":"10.0.0.4","slaveId":"S1","ports":[31000],"version":"2026-01-01T00:00:00.000Z","ipAddresses":[{"ipAddress":"9.0.0.1"}],
            "healthCheckResults":[{"alive":true}]},{"id":"web.instance-2._app.1","state":"TASK_RUNNING","host":"a.example.org"}]},
            {"id":"/db","version":"2026-01-01T00:00:00.000Z","portDefinitions":[{"name":"db","labels":{"VIP_0":"1.2.3.4:1"}}],
            "tasks":[{"id":"db.1","state":"TASK_RUNNING","host":"10.0.0.4","ports":[31001]}]}]}
            """;
    private static final String PODS =
            """
            [{"id":"/p","spec":{"id":"/p","version":"2026-02-01T00:00:00.000Z","networks":[{"mode":"container","name":"dcos"}],
            "containers":[{"name":"web","healthCheck":{},"endpoints":[{"name":"http","containerPort":80,"hostPort":0,"protocol":["tcp","udp"],
            "labels":{"VIP_0":"/p:80"}}]}]},"instances":[{"id":"p.instance-1","agentId":"S1","agentHostname":"10.0.0.4",
            "specReference":"/v2/pods/p::versions/2026-02-01T00:00:00.000Z","networks":[{"name":"dcos","addresses":["9.0.0.1"]}],
            "containers":[{"name":"web","status":"TASK_RUNNING","containerId":"p.instance-1.web.1","conditions":[{"name":"healthy","value":"true"}],
            "endpoints":[{"name":"http","allocatedHostPort":31000,"healthy":true}]}]}]}]
            """;
    private static final List<String> EVENTS =
            List.of(
                    """
                    {"eventType":"status_update_event","appId":"/web","taskId":"web.instance-1._app.1","taskStatus":"TASK_RUNNING","message":"m",
                    "slaveId":"S1","host":"10.0.0.4","ipAddresses":[{"ipAddress":"9.0.0.1"}],"ports":[31000],"version":"2026-01-01T00:00:00.000Z"}
                    """,
                    """
                    {"eventType":"api_post_event","appDefinition":{"id":"/web","version":"2026-01-02T00:00:00.000Z",
                    "portDefinitions":[{"name":"http","labels":{"VIP_0":"/web:80"}}],"healthChecks":[{}]}}
                    """,
                    """
                    {"eventType":"instance_changed_event","runSpecId":"/web","instanceId":"web.instance-1","condition":"Killed"}
                    """,
                    """
                    {"eventType":"instance_health_changed_event","runSpecId":"/web","instanceId":"web.instance-1","healthy":true}
                    """,
                    """
                    {"eventType":"deployment_info","currentStep":{"actions":[{"app":"/web"},{"pod":"/p"}]},"plan":{"steps":[{"actions":[{"app":"/db"}]}]}}
                    """,
                    "{\"eventType\":\"pod_updated_event\",\"uri\":\"/v2/pods//p\"}",
                    "{\"eventType\":\"group_change_success\",\"groupId\":\"/shop\"}");

    private final Map<ServiceId, Service> services = new HashMap<>();
    private final EventTranslator translator = new EventTranslator("marathon", _ -> 1);
    private String when = "";

    @Test
    void noEventOrRowOfArbitraryDocumentsHasTextThatTheJournalRefuses() throws Exception {
        for (long seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            when = "seed " + seed;
            services.clear();
            switch (random.nextInt(3)) {
                case 0 -> listing(changed(APPS, random), true);
                case 1 -> listing(changed(PODS, random), false);
                default -> event(changed(EVENTS.get(random.nextInt(EVENTS.size())), random));
            }
        }
    }

    private static String changed(String document, Random random) throws JsonProcessingException {
        JsonNode tree = JSON.readTree(document);
        return JSON.writeValueAsString(ArbitraryJson.changed(tree, random));
    }

    private void listing(String json, boolean apps) {
        ListingReader.Part part;
        try {
            part =
                    apps
                            ? ListingReader.apps(Fixtures.of(json))
                            : ListingReader.pods(Fixtures.of(json));
        } catch (UnreadableJson e) {
            return; // not a listing at all
        }
        ArbitraryJson.assertStorable(part.refused(), when);
        for (Reading reading : part.readings()) {
            apply(
                    new Observation.Listed(
                            new ServiceId("marathon", reading.path()),
                            reading.definition(),
                            reading.tasks(),
                            reading.gaps(),
                            true,
                            false));
        }
    }

    private void event(String json) {
        for (EventAction action : translator.translate(EventReader.read(new Frame("x", json)))) {
            if (action
                    instanceof EventAction.Emit(SourceSignal.Observed(Observation observation))) {
                apply(observation);
            }
        }
    }

    private void apply(Observation observation) {
        ServiceId id = observation.service();
        Service before = services.getOrDefault(id, Service.empty(id));
        List<ServiceEvent> events = before.decide(observation);
        ArbitraryJson.assertStorable(events, when);
        Service after = before.apply(events);
        services.put(id, after);
        List<Object> rows = new ArrayList<>();
        after.live()
                .values()
                .forEach(
                        one -> {
                            rows.addAll(NamingRules.of("mesos").rows(id, one));
                            rows.addAll(VipRules.ANY_LITERAL.rows(id, one));
                        });
        after.newestDefinition()
                .ifPresent(one -> rows.addAll(VipRules.ANY_LITERAL.refusals(id, one)));
        ArbitraryJson.assertStorable(rows, when);
    }
}
