package io.meridian.controlplane.admin;

import static io.meridian.controlplane.admin.ExampleDataPlane.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.table.Change;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.Vip;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;
import io.meridian.ipvs.AffectedServers;
import io.meridian.ipvs.reconcile.Failure;
import io.meridian.ipvs.reconcile.NamespaceStatus;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

class VipProblemsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final VipKey WEB = new VipKey("web.marathon", Protocol.TCP, 80);
    private static final VipRow WEB_ADDRESS =
            new VipRow.Address("web.marathon", IpAddress.literal("11.0.0.1"));
    private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05Z");

    private final ExampleDataPlane dataPlane = new ExampleDataPlane();

    @Test
    void aVipThatIsNotCreatedIsListedWithTheReason() {
        VipKey literal = new VipKey("10.9.0.1", Protocol.TCP, 80);
        VipImage image =
                image(
                        new VipRow.Address("db.marathon", IpAddress.literal("11.0.0.1")),
                        backend(literal, "10.0.0.1", "a", ""),
                        web("10.0.0.1", "a", ""));
        Reachability reachability =
                Reachability.ALL.with(
                        new TreeMap<>(Map.of(IpAddress.literal("10.9.0.1"), "this node")));
        List<AddressRange> full = List.of(AddressRange.parse("11.0.0.1-11.0.0.1").orElseThrow());
        List<AddressRange> free = List.of(AddressRange.parse("11.0.0.1-11.0.0.9").orElseThrow());

        assertThat(VipDocument.all(image, full, reachability, Optional.empty()))
                .extracting(vip -> vip.name() + vip.address() + vip.backends() + reasons(vip))
                .containsExactly(
                        "10.9.0.110.9.0.1[]VIP 10.9.0.1:80/tcp has the address of this node, from"
                            + " which it would take all traffic; this VIP is not created, others"
                            + " are",
                        "web.marathon[]VIP web.marathon has no IPv4 address, because all of"
                            + " 11.0.0.1-11.0.0.1 are taken; release unused names by meridian vips"
                            + " release, or enlarge vip.range");
        assertThat(VipDocument.all(image, free, reachability, Optional.empty()))
                .extracting(VipProblemsTest::reasons)
                .last()
                .isEqualTo("VIP web.marathon:80/tcp has no address of its family yet");
    }

    private static String reasons(VipDocument vip) {
        return String.join(", ", vip.problems().stream().map(VipProblem::message).toList());
    }

    @Test
    void aVipThatIsServedAsItsLabelsAskHasNoProblem() throws Exception {
        assertThat(problems(Reachability.ALL, WEB_ADDRESS, web("10.0.0.1", "a", "drain=5")))
                .isEqualTo(JSON.readTree("[]"));
    }

    @Test
    void refusedLabelsAndConflictingOptionsAreProblems() throws Exception {
        assertThat(
                        problems(
                                Reachability.ALL,
                                WEB_ADDRESS,
                                web("10.0.0.1", "a", "drain=5 refused=label%20x"),
                                web("10.0.0.2", "b", "drain=7")))
                .isEqualTo(
                        JSON.readTree(
                                """
                                [{"kind": "label", "message": "marathon:/a: label x"},
                                 {"kind": "options",
                                  "message": "drain is 5 s, as marathon:/a says, the first by name; marathon:/b says 7 s"}]
                                """));
    }

    @Test
    void aRefusedRowHasErrnoSinceAttemptsAndNextTry() throws Exception {
        dataPlane.failures =
                List.of(
                        failure(
                                Failure.Kind.KERNEL,
                                "vs=1",
                                AffectedServers.of(ExampleDataPlane.VIP)),
                        failure(
                                Failure.Kind.KERNEL,
                                "vs=2",
                                AffectedServers.of(tcp("11.0.0.1", 81))),
                        failure(Failure.Kind.HOST, "set=x", AffectedServers.ALL));

        assertThat(problems(Reachability.ALL, WEB_ADDRESS, web("10.0.0.1", "a", "")))
                .isEqualTo(
                        JSON.readTree(
                                """
                                [{"kind": "kernel", "message": "cannot vs=1", "row": "vs=1", "errno": "ENOMEM",
                                  "since": "2026-01-02T03:05:05Z", "tries": 3, "next_try": "1970-01-01T00:34:20Z"}]
                                """));
    }

    @Test
    void aProblemOfAnAddressIsListedAtEachOfItsVips() throws Exception {
        dataPlane.failures =
                List.of(
                        failure(
                                Failure.Kind.ADDRESS,
                                "vip=11.0.0.1",
                                new AffectedServers.AtAddress(IpAddress.literal("11.0.0.1"))));
        VipRow other = backend(new VipKey("web.marathon", Protocol.UDP, 53), "10.0.0.1", "a", "");

        VipImage image = image(WEB_ADDRESS, web("10.0.0.1", "a", ""), other);
        assertThat(image.vips()).hasSize(2);
        for (Vip vip : image.vips()) {
            assertThat(problems(image.vips(), vip))
                    .singleElement()
                    .satisfies(
                            one -> {
                                assertThat(one.path("kind").asText()).isEqualTo("address");
                                assertThat(one.path("row").asText()).isEqualTo("vip=11.0.0.1");
                            });
        }
    }

    @Test
    void aMissingSchedulerHasItsOwnTimeOfTheNextTry() throws Exception {
        dataPlane.fallbacks =
                List.of(
                        new Failure(
                                Failure.Kind.SCHEDULER,
                                "vs=1",
                                AffectedServers.of(ExampleDataPlane.VIP),
                                "ENOENT",
                                "scheduler mh is not in this kernel",
                                SINCE,
                                0,
                                Optional.of(SINCE.plusSeconds(600))));

        assertThat(problems(Reachability.ALL, WEB_ADDRESS, web("10.0.0.1", "a", "scheduler=mh")))
                .isEqualTo(
                        JSON.readTree(
                                """
                                [{"kind": "scheduler", "message": "scheduler mh is not in this kernel", "row": "vs=1",
                                  "errno": "ENOENT", "since": "2026-01-02T03:05:05Z", "next_try": "2026-01-02T03:15:05Z"}]
                                """));
    }

    @Test
    void equalProblemsOfContainersAreListedOnce() throws Exception {
        dataPlane.failures =
                List.of(
                        failure(
                                Failure.Kind.KERNEL,
                                "vs=1",
                                AffectedServers.of(ExampleDataPlane.VIP)));
        dataPlane.namespaces =
                List.of(
                        new NamespaceStatus("box-1", "", dataPlane.status()),
                        new NamespaceStatus("box-2", "no interface", Optional.empty()),
                        new NamespaceStatus("box-3", "", dataPlane.status()));
        dataPlane.failures = List.of();

        JsonNode problems = problems(Reachability.ALL, WEB_ADDRESS, web("10.0.0.1", "a", ""));

        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).path("row").asText()).isEqualTo("vs=1");
        assertThat(problems.get(0).path("containers"))
                .isEqualTo(JSON.readTree("[\"box-1\", \"box-3\"]"));
    }

    @Test
    void backendsWithoutNewConnectionsAreListedWithReasons() throws Exception {
        assertThat(
                        problems(
                                lost("10.0.0.3"),
                                WEB_ADDRESS,
                                web("10.0.0.1", "a", ""),
                                web("10.0.0.2", "a", "", BackendState.DRAINING),
                                web("10.0.0.3", "a", ""),
                                web("10.0.0.4", "a", "", BackendState.UNREACHABLE)))
                .isEqualTo(
                        JSON.readTree(
                                """
                                [{"kind": "draining", "message": "task is stopping or unhealthy: no new connections",
                                  "backends": ["10.0.0.2:31000/tcp"]},
                                 {"kind": "unreachable", "backends": ["10.0.0.4:31000/tcp"],
                                  "message": "Mesos has lost contact with the agent: no new connections until the agent is back"},
                                 {"kind": "unreachable", "backends": ["10.0.0.3:31000/tcp"],
                                  "message": "this node's cluster has lost contact with the agent: no new connections until the agent is back"}]
                                """));
    }

    @Test
    void theLastBackendServesThoughItsAgentIsUnreachable() throws Exception {
        assertThat(problems(lost("10.0.0.3"), WEB_ADDRESS, web("10.0.0.3", "a", "")))
                .isEqualTo(
                        JSON.readTree(
                                """
                                [{"kind": "unreachable", "backends": ["10.0.0.3:31000/tcp"],
                                  "message": "this node's cluster has lost contact with the agent: takes connections all the same, because no other backend is left"}]
                                """));
    }

    @Test
    void aVipWithoutServingBackendsIsUnserved() throws Exception {
        assertThat(
                        problems(
                                Reachability.ALL,
                                WEB_ADDRESS,
                                web("10.0.0.1", "a", "", BackendState.DRAINING)))
                .extracting(one -> one.path("kind").asText())
                .containsExactly("draining", "unserved");
    }

    @Test
    void aDrainingBackendIsListedWithItsDeadline() throws Exception {
        VipKey literal = new VipKey("11.0.0.3", Protocol.TCP, 80);

        assertThat(problems(Reachability.ALL, backend(literal, "10.0.0.1", "a", "")))
                .isEqualTo(
                        JSON.readTree(
                                """
                                [{"kind": "draining", "since": "1970-01-01T00:34:20Z", "until": "1970-01-01T00:34:20Z",
                                  "message": "removed from the VIP: open connections continue until they end",
                                  "backends": ["10.0.0.3:1/tcp", "10.0.0.3:2/tcp", "10.0.0.3:3/tcp"]}]
                                """));
    }

    @Test
    void vipsThatShareAnEndpointNameEachOther() throws Exception {
        VipImage image =
                image(
                        WEB_ADDRESS,
                        web("10.0.0.1", "a", ""),
                        backend(new VipKey("11.0.0.1", Protocol.TCP, 80), "10.0.0.2", "b", ""),
                        backend(new VipKey("11.0.0.1", Protocol.TCP, 81), "10.0.0.2", "b", ""));

        assertThat(image.vips())
                .extracting(vip -> problems(image.vips(), vip).path(0).path("message").asText())
                .containsExactly(
                        "11.0.0.1:80/tcp and web.marathon:80/tcp share virtual server"
                                + " 11.0.0.1:80/tcp and its backends; the options of"
                                + " 11.0.0.1:80/tcp, the first by name, apply",
                        "",
                        "11.0.0.1:80/tcp and web.marathon:80/tcp share virtual server"
                                + " 11.0.0.1:80/tcp and its backends; the options of"
                                + " 11.0.0.1:80/tcp, the first by name, apply");
    }

    private JsonNode problems(Reachability reachability, VipRow... rows) {
        List<Vip> vips = image(rows).vips(reachability);
        assertThat(vips).hasSize(1);
        return problems(vips, vips.getFirst());
    }

    /** Wall time is a minute ahead of the writers' clock. */
    private JsonNode problems(List<Vip> vips, Vip vip) {
        VipProblems problems =
                new VipProblems(vips, Optional.of(dataPlane), at -> at.plusSeconds(60));
        try {
            return JSON.readTree(Json.bytes(problems.of(vip)));
        } catch (IOException notJson) {
            throw new UncheckedIOException(notJson);
        }
    }

    private static VipImage image(VipRow... rows) {
        List<Change<VipRow>> changes = new ArrayList<>();
        for (VipRow row : rows) {
            changes.add(Change.add(row));
        }
        return VipImage.EMPTY.apply(changes);
    }

    private static Failure failure(Failure.Kind kind, String row, AffectedServers subject) {
        return new Failure(
                kind, row, subject, "ENOMEM", "cannot " + row, SINCE, 3, Optional.empty());
    }

    private static Reachability lost(String address) {
        return new Reachability(new TreeSet<>(List.of(IpAddress.literal(address))));
    }

    private static VipRow web(String address, String service, String options) {
        return backend(WEB, address, service, options);
    }

    private static VipRow web(String address, String service, String options, BackendState state) {
        return backend(WEB, address, service, options, state);
    }

    private static VipRow backend(VipKey key, String address, String service, String options) {
        return backend(key, address, service, options, BackendState.SERVING);
    }

    private static VipRow backend(
            VipKey key, String address, String service, String options, BackendState state) {
        return new VipRow.Backend(
                key,
                new Endpoint(IpAddress.literal(address), 31000, key.protocol()),
                "marathon:/" + service + " t-" + address,
                "S1",
                Optional.empty(),
                state,
                state == BackendState.SERVING ? 1 : 0,
                VipOptions.parse(options),
                Optional.empty());
    }
}
