package io.meridian.controlplane.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.controlplane.json.JsonDocument;
import io.meridian.dns.ServedZone;
import io.meridian.domain.zone.ZoneRow;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class MesosDnsDocumentsTest {
    private static final String WEB = "marathon:/shop/web shop_web.instance-1._app.1";
    private static final String POD = "marathon:/pod pod.instance-2.nginx";
    private static final String OTHER = "a%20<b>:job.1 t1";
    private static final ServedZone ZONE =
            Served.mesos(
                    7,
                    rows(
                            List.of(
                                    Served.rows(
                                            WEB,
                                            """
                                            web.marathon.mesos       A    10.0.0.2
                                            web.marathon.mesos       A    10.0.0.1
                                            web.marathon.mesos       AAAA fd01::1
                                            _web._tcp.marathon.mesos SRV  0 1 443 web-x.marathon.mesos.
                                            _web._tcp.marathon.mesos SRV  0 1 80 web-x.marathon.mesos.
                                            web-x.marathon.mesos     A    10.0.0.1
                                            web-x.marathon.mesos     AAAA fd01::1
                                            web.marathon.mesos       TXT  "task"
                                            _alone._tcp.marathon.mesos SRV 0 1 1 nowhere.marathon.mesos.
                                            """),
                                    Served.rows(POD, "web.marathon.mesos A 10.0.0.1"),
                                    Served.rows(OTHER, "job.a.mesos A 10.0.0.9"),
                                    Served.rows("", "ns1.mesos A 127.0.0.1"))));

    @Test
    void hostsAreIpv4BeforeIpv6() {
        assertThat(text(MesosDnsDocuments.hosts(ZONE, "WEB.*.marathon.Mesos.")))
                .isEqualTo(
                        """
                        [
                          {
                           "host": "web.marathon.mesos.",
                           "ip": "10.0.0.1"
                          },
                          {
                           "host": "web.marathon.mesos.",
                           "ip": "10.0.0.2"
                          },
                          {
                           "host": "web.marathon.mesos.",
                           "ip": "fd01::1"
                          }
                         ]\
                        """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing.mesos", ".*", ".", "", "_web._tcp.marathon.mesos", "x..mesos"})
    void anUnknownHostIsOneBlankElement(String host) {
        assertThat(text(MesosDnsDocuments.hosts(ZONE, host)))
                .isEqualTo("[\n  {\n   \"host\": \"\",\n   \"ip\": \"\"\n  }\n ]");
    }

    @Test
    void aServiceIsEachTargetWithItsFirstAddressOfEachFamily() {
        assertThat(text(MesosDnsDocuments.services(ZONE, "_WEB._tcp.marathon.mesos")).lines())
                .filteredOn(line -> line.contains("\"ip\"") || line.contains("\"port\""))
                .extracting(String::strip)
                .containsExactly(
                        "\"ip\": \"10.0.0.1\",",
                        "\"port\": \"80\"",
                        "\"ip\": \"fd01::1\",",
                        "\"port\": \"80\"",
                        "\"ip\": \"10.0.0.1\",",
                        "\"port\": \"443\"",
                        "\"ip\": \"fd01::1\",",
                        "\"port\": \"443\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"_none._tcp.mesos", "_alone._tcp.marathon.mesos", ".*"})
    void aServiceWithoutAddressIsOneBlankElement(String service) {
        assertThat(text(MesosDnsDocuments.services(ZONE, service)))
                .isEqualTo(
                        "[\n  {\n   \"service\": \"\",\n   \"host\": \"\",\n   \"ip\": \"\",\n"
                                + "   \"port\": \"\"\n  }\n ]");
    }

    @Test
    void aZoneIsShownWithoutRecordsOfOtherTypes() {
        assertThat(text(MesosDnsDocuments.axfr(ZONE, 60)))
                .isEqualTo(
                        """
                        {
                          "TTL": 60,
                          "Serial": 7,
                          "RefreshSeconds": 60,
                          "Mname": "ns1.mesos.",
                          "Rname": "root.ns1.mesos.",
                          "Domain": "mesos",
                          "Records": {
                           "As": {
                            "job.a.mesos.": [
                             "10.0.0.9"
                            ],
                            "ns1.mesos.": [
                             "127.0.0.1"
                            ],
                            "web-x.marathon.mesos.": [
                             "10.0.0.1"
                            ],
                            "web.marathon.mesos.": [
                             "10.0.0.1",
                             "10.0.0.2"
                            ]
                           },
                           "AAAAs": {
                            "web-x.marathon.mesos.": [
                             "fd01::1"
                            ],
                            "web.marathon.mesos.": [
                             "fd01::1"
                            ]
                           },
                           "SRVs": {
                            "_alone._tcp.marathon.mesos.": [
                             "nowhere.marathon.mesos.:1"
                            ],
                            "_web._tcp.marathon.mesos.": [
                             "web-x.marathon.mesos.:80",
                             "web-x.marathon.mesos.:443"
                            ]
                           }
                          }
                         }\
                        """);
    }

    /**
     * The pod sorts first, so a record of both is listed under the pod's task, which has its
     * container's name.
     */
    @Test
    void tasksAreEnumeratedWithTheRecordsThatNoEarlierOneHas() {
        Map<String, List<String>> names = new TreeMap<>();
        Enumeration.of(ZONE.rows())
                .frameworks()
                .forEach(
                        (framework, tasks) ->
                                names.put(
                                        framework,
                                        tasks.stream()
                                                .map(
                                                        task ->
                                                                task.name()
                                                                        + " "
                                                                        + task.id()
                                                                        + " "
                                                                        + task.records().size())
                                                .toList()));

        assertThat(names)
                .isEqualTo(
                        Map.of(
                                "a <b>",
                                List.of("job.1 t1 1"),
                                "marathon",
                                List.of(
                                        "nginx pod.instance-2.nginx 1",
                                        "web.shop shop_web.instance-1._app.1 7")));
    }

    @Test
    void anEnumerationIsSpelledAsMesosDnsSpellsIt() {
        ServedZone zone =
                Served.mesos(
                        1,
                        rows(
                                List.of(
                                        Served.rows("a%20<b>:job.1 t1", "job.a.mesos A 10.0.0.9"),
                                        Served.rows(
                                                "a%20<b>:job.1 t2", "job.a.mesos A 10.0.0.9"))));

        assertThat(text(MesosDnsDocuments.enumerate(zone)))
                .isEqualTo(
                        """
                        {
                          "frameworks": [
                           {
                            "tasks": [
                             {
                              "name": "job.1",
                              "id": "t1",
                              "records": [
                               {
                                "name": "job.a.mesos.",
                                "host": "10.0.0.9",
                                "rtype": "A"
                               }
                              ]
                             },
                             {
                              "name": "job.1",
                              "id": "t2",
                              "records": null
                             }
                            ],
                            "name": "a \\u003cb\\u003e"
                           }
                          ]
                         }\
                        """);
    }

    @Test
    void withoutTasksFrameworksIsNull() {
        assertThat(text(MesosDnsDocuments.enumerate(Served.mesos(1, List.of()))))
                .isEqualTo("{\n  \"frameworks\": null\n }");
    }

    private static List<ZoneRow> rows(List<List<ZoneRow>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }

    private static String text(JsonDocument document) {
        return new String(document.bytes(), StandardCharsets.UTF_8);
    }
}
