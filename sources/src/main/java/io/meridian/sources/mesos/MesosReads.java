package io.meridian.sources.mesos;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.domain.mesos.HostPort;
import io.meridian.sources.http.ApiResponse;
import io.meridian.sources.http.RedirectPolicy;
import io.meridian.sources.http.RequestFailedException;
import io.meridian.sources.http.Server;
import io.meridian.sources.json.JsonStream;

import java.io.InputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Reads state from a master that its event stream does not have. Thread-safe. */
final class MesosReads {
    /** Paths of the state of masters without the v1 API, newest first. */
    private static final String[] LEGACY_STATE = {"/master/state", "/state"};

    private static final String SUMMARY = "/master/state-summary";

    private final MesosHttp http;
    private final Supplier<RedirectPolicy> redirects;

    /**
     * @param redirects the policy in force, which changes with ZooKeeper's list of masters
     */
    MesosReads(MesosHttp http, Supplier<RedirectPolicy> redirects) {
        this.http = http;
        this.redirects = redirects;
    }

    /**
     * Reads the state by {@code GET_STATE}, or from the state documents of a master without that
     * call. Only the leader's documents are complete.
     *
     * @return fails with {@link RequestFailedException} if no leader answers
     */
    CompletionStage<StateDocument> state(Server server) {
        return http.call(
                        server,
                        "GET_STATE",
                        response ->
                                MesosHttp.isCallUnknown(response)
                                        ? Optional.<StateDocument>empty()
                                        : Optional.of(
                                                MessageReader.state(body(response, "GET_STATE"))))
                .thenCompose(
                        state ->
                                state.map(CompletableFuture::completedStage)
                                        .orElseGet(() -> legacyState(server, 0, true)));
    }

    /** A state document, with the server that answered; empty if the server has none there. */
    private record Legacy(URI base, Optional<StateDocument> state) {}

    /**
     * @param place index of the path to request
     * @param mayFollow whether another master may still be asked
     */
    private CompletionStage<StateDocument> legacyState(
            Server server, int place, boolean mayFollow) {
        boolean isLast = place + 1 == LEGACY_STATE.length;
        return http.get(
                        server,
                        LEGACY_STATE[place],
                        response ->
                                new Legacy(
                                        response.base(),
                                        MesosHttp.isCallUnknown(response) && !isLast
                                                ? Optional.empty()
                                                : Optional.of(
                                                        MessageReader.legacyState(
                                                                body(
                                                                        response,
                                                                        LEGACY_STATE[place])))))
                .thenCompose(
                        answer ->
                                answer.state().isPresent()
                                        ? ofLeader(server, place, mayFollow, answer)
                                        : legacyState(server, place + 1, mayFollow));
    }

    private CompletionStage<StateDocument> ofLeader(
            Server server, int place, boolean mayFollow, Legacy answer) {
        StateDocument state = answer.state().orElseThrow();
        if (state.leader().isEmpty()) {
            throw new RequestFailedException(
                    answer.base() + LEGACY_STATE[place] + " knows no leader");
        }
        if (state.pid().isEmpty() || state.pid().equals(state.leader())) {
            return CompletableFuture.completedStage(state);
        }
        if (!mayFollow) {
            throw new RequestFailedException(
                    answer.base() + " does not lead, " + state.leader() + " does");
        }
        URI leader = leader(server.base(), state.leader());
        return legacyState(new Server(leader, server.origin(), ""), 0, false);
    }

    /** A master without the v1 API that does not lead answers with an empty state. */
    private URI leader(URI base, String pid) {
        HostPort at =
                HostPort.ofPid(pid)
                        .orElseThrow(
                                () ->
                                        new RequestFailedException(
                                                base + " names a leader \"" + pid + "\""));
        URI leader = url(base.getScheme(), at);
        if (!redirects.get().allows(leader)) {
            throw new RequestFailedException(
                    base
                            + " is led by "
                            + leader
                            + ", which allowed-redirect-hosts does not allow");
        }
        return leader;
    }

    /**
     * Asks for the {@code master@address:port} of the master that answers.
     *
     * @return empty if this master does not tell; fails if it may tell later
     */
    CompletionStage<String> leader(Server server) {
        return http.call(
                server,
                "GET_MASTER",
                response ->
                        MesosHttp.isCallUnknown(response)
                                ? ""
                                : pid(
                                        JsonStream.tree(body(response, "GET_MASTER"))
                                                .path("get_master")
                                                .path("master_info")));
    }

    /**
     * Ids of the agents that a master knows, whether or not they have reregistered.
     *
     * @return empty if this master does not tell; fails if it may tell later
     */
    CompletionStage<Optional<Set<String>>> agents(Server server) {
        return http.call(
                server,
                "GET_AGENTS",
                response ->
                        MesosHttp.isCallUnknown(response)
                                ? Optional.empty()
                                : Optional.of(agentIds(body(response, "GET_AGENTS"))));
    }

    private static Set<String> agentIds(InputStream body) {
        StateDocument state = MessageReader.agents(body);
        Set<String> ids = new TreeSet<>(state.recovered());
        state.agents().forEach(agent -> ids.add(agent.id()));
        return ids;
    }

    /**
     * Pids of schedulers by framework id. The v1 API does not have them; the state summary is the
     * smallest document that has.
     *
     * @return empty if this master has no summary; fails if it may have one later
     */
    CompletionStage<Optional<Map<String, String>>> schedulers(Server server) {
        return http.get(
                server,
                SUMMARY,
                response ->
                        MesosHttp.isCallUnknown(response)
                                ? Optional.empty()
                                : Optional.of(pids(body(response, SUMMARY))));
    }

    private static Map<String, String> pids(InputStream body) {
        Map<String, String> pids = new HashMap<>();
        for (JsonNode framework : JsonStream.tree(body).path("frameworks")) {
            pids.put(TaskReader.text(framework, "id"), TaskReader.text(framework, "pid"));
        }
        return pids;
    }

    /**
     * {@code master@address:port} of a {@code MasterInfo}; its field {@code pid} if it has no
     * address; empty if it has neither.
     */
    static String pid(JsonNode master) {
        String ip = TaskReader.text(master.path("address"), "ip");
        int port = master.path("address").path("port").asInt();
        return ip.isEmpty() || port == 0
                ? TaskReader.text(master, "pid")
                : "master@" + bracketed(ip) + ":" + port;
    }

    static URI url(String scheme, HostPort at) {
        return URI.create(scheme + "://" + bracketed(at.host()) + ":" + at.port());
    }

    private static String bracketed(String host) {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    private static InputStream body(ApiResponse response, String asked) {
        if (!response.isOk()) {
            throw new RequestFailedException(
                    response.base() + " answered " + response.status() + " to " + asked);
        }
        return response.body();
    }
}
