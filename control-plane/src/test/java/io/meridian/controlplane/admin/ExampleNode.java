package io.meridian.controlplane.admin;

import akka.actor.typed.ActorRef;

import io.meridian.actors.vip.VipPoolEntity;
import io.meridian.dns.ServedZone;
import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.table.Change;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.vip.VipRules;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.TableType;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.master.SeenNode;
import io.meridian.feed.wire.NodeStatus;
import io.meridian.projections.ServiceQueries;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** A node with one service, in tables that a test sets. */
final class ExampleNode implements AdminData {
    private static final VipKey WEB = new VipKey("web.marathon", Protocol.TCP, 80);

    volatile String mesosDomain = "mesos";
    volatile List<String> reasons = List.of();
    volatile SortedMap<String, String> conditions = new TreeMap<>();
    volatile List<ServedZone> more = List.of();
    volatile Optional<ServiceReader> failing = Optional.empty();
    final ExampleDataPlane dataPlane = new ExampleDataPlane();
    private final CurrentImage<ZoneRow, ZoneImage> zones =
            CurrentImage.showing(
                    TableType.ZONE,
                    ZoneImage.EMPTY.apply(
                            List.of(
                                    Change.add(
                                            new ZoneRow(
                                                    "mesos",
                                                    "web.marathon.mesos",
                                                    RecordType.A,
                                                    "10.0.0.1",
                                                    "o 1")),
                                    Change.add(
                                            new ZoneRow(
                                                    "dcos.thisdcos.directory",
                                                    "web.marathon.agentip.dcos.thisdcos.directory",
                                                    RecordType.A,
                                                    "10.0.0.1",
                                                    "o 1")),
                                    Change.add(
                                            new ZoneRow(
                                                    "in-addr.arpa",
                                                    "1.0.0.10.in-addr.arpa",
                                                    RecordType.PTR,
                                                    "node.example.org.",
                                                    "o 1")),
                                    Change.add(
                                            new ZoneRow(
                                                    "mesos",
                                                    "_web._tcp.marathon.mesos",
                                                    RecordType.SRV,
                                                    "0 1 31000 web-x.marathon.mesos.",
                                                    "o 1")))),
                    7,
                    Instant.EPOCH);
    private final CurrentImage<VipRow, VipImage> vips =
            CurrentImage.showing(
                    TableType.VIP,
                    VipImage.EMPTY.apply(
                            List.of(
                                    Change.add(
                                            new VipRow.Address(
                                                    "web.marathon", IpAddress.literal("11.0.0.1"))),
                                    Change.add(backend("10.0.0.1", "one", BackendState.SERVING, 1)),
                                    Change.add(
                                            backend("10.0.0.2", "two", BackendState.DRAINING, 0)))),
                    4,
                    Instant.EPOCH);

    private static VipRow backend(String address, String task, BackendState state, int weight) {
        return new VipRow.Backend(
                WEB,
                new Endpoint(IpAddress.literal(address), 31000, Protocol.TCP),
                "marathon:/shop/web " + task,
                "S1",
                Optional.empty(),
                state,
                weight,
                VipOptions.parse("scheduler=mh drain=60"),
                Optional.empty());
    }

    @Override
    public CurrentImage<ZoneRow, ZoneImage> zones() {
        return zones;
    }

    @Override
    public CurrentImage<VipRow, VipImage> vips() {
        return vips;
    }

    @Override
    public VipRules vipRules() {
        return VipRules.ANY_LITERAL;
    }

    @Override
    public Reachability reachability() {
        return Reachability.ALL;
    }

    @Override
    public List<ServedZone> servedZones() {
        return Stream.concat(
                        ServedZone.ofTables(mesosDomain, 60, zones, vips).stream(), more.stream())
                .toList();
    }

    @Override
    public List<SeenNode> nodes() {
        NodeStatus status =
                new NodeStatus(
                        "n1",
                        "1.2.3",
                        "10.0.0.9",
                        List.of("agent"),
                        7,
                        3,
                        0.5,
                        new NodeStatus.Dataplane("dry-run", 1, 2, 3, 0, 0, ""));
        return List.of(new SeenNode(status, SeenNode.State.LATE, Instant.EPOCH));
    }

    @Override
    public Optional<ServiceReader> services() {
        return Optional.of(failing.orElseGet(Services::new));
    }

    @Override
    public Optional<ActorRef<FeedServer.Command>> feed() {
        return Optional.empty();
    }

    @Override
    public Optional<DataPlane> dataPlane() {
        return Optional.of(dataPlane);
    }

    @Override
    public CompletionStage<Readiness> readiness() {
        return CompletableFuture.completedFuture(
                new Readiness(reasons, conditions, new TreeMap<>()));
    }

    private static final class Services implements ServiceReader {
        private static final ServiceQueries.Service WEB =
                new ServiceQueries.Service(
                        new ServiceId("marathon", "/shop/web"),
                        Optional.empty(),
                        false,
                        5,
                        6,
                        4,
                        List.of());

        @Override
        public CompletionStage<List<ServiceQueries.Service>> list() {
            return CompletableFuture.completedFuture(List.of(WEB));
        }

        @Override
        public CompletionStage<Optional<ServiceQueries.Service>> one(ServiceId id) {
            return CompletableFuture.completedFuture(
                    Optional.of(WEB).filter(web -> web.id().equals(id)));
        }

        @Override
        public CompletionStage<VipPoolEntity.Released> release(SortedSet<String> names) {
            return CompletableFuture.completedFuture(
                    new VipPoolEntity.Released(names, new TreeMap<>()));
        }

        @Override
        public CompletionStage<Optional<Progress>> progress(ServiceId id) {
            return CompletableFuture.completedFuture(
                    id.equals(WEB.id()) ? Optional.of(new Progress(5, 5, 6, 4)) : Optional.empty());
        }
    }
}
