package io.meridian.simulator.marathon;

import io.meridian.simulator.http.WireExchange;
import io.meridian.simulator.http.WireRequest;
import io.meridian.simulator.http.WireResponse;
import io.meridian.simulator.http.WireResponse.Header;
import io.meridian.simulator.http.WireServer;
import io.meridian.simulator.marathon.fault.AnswerPlan;
import io.meridian.simulator.marathon.fault.Ending;
import io.meridian.simulator.marathon.fault.FaultRoutes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * HTTP interface of one Marathon: faults first, then headers, gzip, leadership and the event
 * stream.
 */
final class MarathonMember implements AutoCloseable {
    private static final int GZIP_FROM = 32;

    private final Simulation simulation;
    private final Leadership leadership;
    private final MarathonRoutes routes;
    private final FaultRoutes faultRoutes;
    private final Runnable abdicate;
    private final WireServer server;

    MarathonMember(
            Simulation simulation,
            Leadership leadership,
            MarathonRoutes routes,
            int port,
            Runnable abdicate) {
        this.simulation = simulation;
        this.leadership = leadership;
        this.routes = routes;
        this.faultRoutes = new FaultRoutes(simulation.faults);
        this.abdicate = abdicate;
        this.server = WireServer.start(InetAddress.getLoopbackAddress(), port, this::handle);
    }

    String hostPort() {
        return "127.0.0.1:" + server.port();
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
    }

    private void handle(WireRequest request, WireExchange exchange) throws IOException {
        if (request.path().startsWith("/sim/")) {
            exchange.respond(faultRoutes.answer(request));
            return;
        }
        AnswerPlan plan = simulation.faults.plan(request);
        pause(plan);
        Optional<Ending> hangup = plan.hangup();
        if (hangup.isPresent()) {
            hang(exchange, hangup.get());
            return;
        }
        Optional<String> leader = leadership.leader();
        if (plan.instead().isPresent()) {
            exchange.respond(plan.instead().get().withFirst(standardHeaders(plan, leader)));
        } else if (leader.isEmpty()) {
            exchange.respond(
                    WireResponse.of(502, "text/plain", "Could not determine the current leader")
                            .withFirst(List.of(date())));
        } else if (request.path().startsWith("/v2/events")) {
            events(request, exchange, plan, leader.get());
        } else {
            answer(request, exchange, plan, leader.get());
        }
    }

    private void answer(WireRequest request, WireExchange exchange, AnswerPlan plan, String leader)
            throws IOException {
        WireResponse response = simulation.loop.ask(() -> routes.route(request));
        response =
                response.withBody(
                                response.status() == 200
                                        ? plan.body(response.body())
                                        : response.body())
                        .withFirst(standardHeaders(plan, Optional.of(leader)));
        if (!leader.equals(hostPort())) {
            response = response.with("X-Marathon-Via", "1.1 " + hostPort());
        }
        response = compressed(request, response);
        exchange.respondPartly(response, plan.bytesSent(response.body().length));
        if (request.method().equals("DELETE") && request.path().equals("/v2/leader")) {
            abdicate.run();
        }
    }

    private void events(WireRequest request, WireExchange exchange, AnswerPlan plan, String leader)
            throws IOException {
        if (!leader.equals(hostPort())) {
            String query = request.rawQuery().isEmpty() ? "" : "?" + request.rawQuery();
            exchange.respond(
                    WireResponse.empty(302)
                            .withFirst(
                                    List.of(
                                            date(),
                                            new Header(
                                                    "Location",
                                                    "http://" + leader + "/v2/events" + query))));
            return;
        }
        List<Header> headers = standardHeaders(plan, Optional.of(leader));
        boolean accepted = request.header("accept").contains("text/event-stream");
        if (request.method().equals("OPTIONS")) {
            exchange.respond(
                    WireResponse.empty(200).with("Allow", "GET, HEAD, OPTIONS").withFirst(headers));
        } else if (!accepted || !List.of("GET", "HEAD").contains(request.method())) {
            exchange.respond(EventRefusal.of(request, headers));
        } else {
            headers = new ArrayList<>(headers);
            headers.add(new Header("Content-Type", "text/event-stream;charset=utf-8"));
            headers.add(new Header("Connection", "close"));
            OutputStream out = exchange.stream(200, "OK", headers);
            if (request.method().equals("GET")) {
                stream(request, exchange, out);
            }
        }
    }

    private void stream(WireRequest request, WireExchange exchange, OutputStream out)
            throws IOException {
        exchange.limitSendBuffer(simulation.settings.streamSendBuffer());
        EventSubscriber subscriber =
                new EventSubscriber(
                        exchange,
                        request.remote().getAddress().getHostAddress(),
                        new HashSet<>(request.parameters("event_type")),
                        simulation.settings.maxOutstandingEvents(),
                        simulation.settings.heartbeat());
        simulation.loop.tell(
                () -> {
                    simulation.bus.subscribe(subscriber);
                    simulation.bus.publish(
                            simulation.events.streamAttached(subscriber.remoteAddress()));
                });
        try {
            subscriber.run(out);
        } finally {
            simulation.loop.after(
                    Duration.ZERO,
                    () -> {
                        if (simulation.bus.unsubscribe(subscriber)) {
                            simulation.bus.publish(
                                    simulation.events.streamDetached(subscriber.remoteAddress()));
                        }
                    });
        }
    }

    private List<Header> standardHeaders(AnswerPlan plan, Optional<String> leader) {
        List<Header> headers = new ArrayList<>();
        headers.add(date());
        plan.leaderHeader()
                .or(() -> leader.map(hostPort -> "http://" + hostPort))
                .ifPresent(value -> headers.add(new Header("X-Marathon-Leader", value)));
        headers.add(new Header("X-Frame-Options", "DENY"));
        headers.add(new Header("X-XSS-Protection", "1; mode=block"));
        headers.add(new Header("Cache-Control", "no-cache, no-store, must-revalidate"));
        headers.add(new Header("Pragma", "no-cache"));
        headers.add(new Header("Expires", "0"));
        return headers;
    }

    private Header date() {
        return new Header(
                "Date",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        simulation.settings.clock().instant().atZone(ZoneOffset.UTC)));
    }

    private static WireResponse compressed(WireRequest request, WireResponse response)
            throws IOException {
        boolean asked =
                request.header("accept-encoding").stream()
                        .anyMatch(value -> value.contains("gzip"));
        WireResponse varied = response.with("Vary", "Accept-Encoding, User-Agent");
        if (!asked || response.body().length < GZIP_FROM) {
            return varied;
        }
        ByteArrayOutputStream buffer = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(buffer)) {
            gzip.write(response.body());
        }
        return varied.with("Content-Encoding", "gzip").withBody(buffer.toByteArray());
    }

    private static void pause(AnswerPlan plan) throws IOException {
        try {
            Thread.sleep(plan.delay());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while an answer was held back", stop);
        }
    }

    private static void hang(WireExchange exchange, Ending ending) {
        if (ending == Ending.RESET) {
            exchange.reset();
        } else {
            exchange.cut();
        }
    }
}
