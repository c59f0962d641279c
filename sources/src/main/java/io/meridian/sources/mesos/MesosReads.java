package io.meridian.sources.mesos;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.domain.mesos.HostPort;
import io.meridian.sources.http.ApiResponse;
import io.meridian.sources.http.RedirectPolicy;
import io.meridian.sources.http.RequestFailedException;
import io.meridian.sources.http.Server;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Reads state from a master that its event stream does not have. Responses are parsed on an
 * executor. Thread-safe.
 */
final class MesosReads {
    /** Paths of the state of masters without the v1 API, newest first. */
    private static final String[] LEGACY_STATE = {"/master/state", "/state"};

    private final MesosHttp http;
    private final Supplier<RedirectPolicy> redirects;
    private final Executor parser;

    /**
     * @param redirects the policy in force, which changes with ZooKeeper's list of masters
     */
    MesosReads(MesosHttp http, Supplier<RedirectPolicy> redirects, Executor parser) {
        this.http = http;
        this.redirects = redirects;
        this.parser = parser;
    }

    /**
     * Reads the state by {@code GET_STATE}, or from the state documents of a master without that
     * call. Only the leader's documents are complete.
     *
     * @return fails with {@link RequestFailedException} if no leader answers
     */
    CompletionStage<StateDocument> state(Server server) {
        return http.call(server, "GET_STATE")
                .thenComposeAsync(response -> onState(server, response), parser);
    }

    private CompletionStage<StateDocument> onState(Server server, ApiResponse response) {
        return MesosHttp.isCallUnknown(response)
                ? legacyState(server, 0, true)
                : CompletableFuture.completedStage(
                        MessageReader.state(body(response, "GET_STATE")));
    }

    /**
     * @param place index of the path to request
     * @param mayFollow whether another master may still be asked
     */
    private CompletionStage<StateDocument> legacyState(
            Server server, int place, boolean mayFollow) {
        return http.get(server, LEGACY_STATE[place])
                .thenComposeAsync(
                        response -> onLegacyState(server, place, mayFollow, response), parser);
    }

    private CompletionStage<StateDocument> onLegacyState(
            Server server, int place, boolean mayFollow, ApiResponse response) {
        if (MesosHttp.isCallUnknown(response) && place + 1 < LEGACY_STATE.length) {
            return legacyState(server, place + 1, mayFollow);
        }
        StateDocument state = MessageReader.legacyState(body(response, LEGACY_STATE[place]));
        if (state.leader().isEmpty()) {
            throw new RequestFailedException(
                    response.base() + LEGACY_STATE[place] + " knows no leader");
        }
        if (state.pid().isEmpty() || state.pid().equals(state.leader())) {
            return CompletableFuture.completedStage(state);
        }
        if (!mayFollow) {
            throw new RequestFailedException(
                    response.base() + " does not lead, " + state.leader() + " does");
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
     * Asks for the {@code master@address:port} of the master that answers; empty if the response
     * has none.
     */
    CompletionStage<String> leader(Server server) {
        return http.call(server, "GET_MASTER")
                .thenApply(response -> response.isOk() ? masterPid(response) : "");
    }

    private static String masterPid(ApiResponse response) {
        JsonNode answer = MessageReader.tree(response.body());
        return pid(answer.path("get_master").path("master_info"));
    }

    /**
     * Ids of the agents that a master knows, whether or not they have reregistered.
     *
     * @return the ids; empty if the response has an error status
     */
    CompletionStage<Optional<Set<String>>> agents(Server server) {
        return http.call(server, "GET_AGENTS")
                .thenApplyAsync(
                        response ->
                                response.isOk()
                                        ? Optional.of(agentIds(response))
                                        : Optional.empty(),
                        parser);
    }

    private static Set<String> agentIds(ApiResponse response) {
        StateDocument state = MessageReader.agents(response.body());
        Set<String> ids = new TreeSet<>(state.recovered());
        state.agents().forEach(agent -> ids.add(agent.id()));
        return ids;
    }

    /**
     * Pids of schedulers by framework id. The v1 API does not have them; the state summary is the
     * smallest document that has.
     *
     * @return empty if this master has no summary
     */
    CompletionStage<Optional<Map<String, String>>> schedulers(Server server) {
        return http.get(server, "/master/state-summary")
                .thenApplyAsync(
                        response ->
                                response.isOk() ? Optional.of(pids(response)) : Optional.empty(),
                        parser);
    }

    private static Map<String, String> pids(ApiResponse response) {
        Map<String, String> pids = new HashMap<>();
        for (JsonNode framework : MessageReader.tree(response.body()).path("frameworks")) {
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

    private static byte[] body(ApiResponse response, String asked) {
        if (!response.isOk()) {
            throw new RequestFailedException(
                    response.base() + " answered " + response.status() + " to " + asked);
        }
        return response.body();
    }
}
