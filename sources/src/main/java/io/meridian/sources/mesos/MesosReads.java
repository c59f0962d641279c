package io.meridian.sources.mesos;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.domain.mesos.HostPort;
import io.meridian.sources.http.RedirectPolicy;
import io.meridian.sources.http.Refused;
import io.meridian.sources.json.UnreadableJson;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** What is asked of a master besides its stream. Large answers are read on an executor. */
final class MesosReads {
    /** Where the state was before the v1 API, newest place first. */
    private static final String[] STATE = {"/master/state", "/state"};

    private final MesosHttp http;
    private final Supplier<RedirectPolicy> redirects;
    private final Executor readers;

    /**
     * A whole state.
     *
     * @param base which master told it
     */
    record Polled(StateDocument state, URI base) {}

    MesosReads(MesosHttp http, Supplier<RedirectPolicy> redirects, Executor readers) {
        this.http = http;
        this.redirects = redirects;
        this.readers = readers;
    }

    /**
     * The state by {@code GET_STATE}, else from {@code /master/state} or {@code /state}; there only
     * from the master that leads.
     *
     * @param base of a master that is known
     */
    CompletionStage<Polled> state(URI base) {
        return http.call(base, base, "GET_STATE")
                .thenComposeAsync(
                        answer -> {
                            if (answer.isNotKnown()) {
                                return legacyState(base, base, 0, true);
                            }
                            return done(
                                    new Polled(
                                            MessageReader.state(body(answer, "GET_STATE")),
                                            answer.base()));
                        },
                        readers);
    }

    private CompletionStage<Polled> legacyState(URI base, URI from, int place, boolean mayFollow) {
        String path = STATE[place];
        return http.get(base, from, path)
                .thenComposeAsync(
                        answer -> {
                            if (answer.isNotKnown() && place + 1 < STATE.length) {
                                return legacyState(base, from, place + 1, mayFollow);
                            }
                            StateDocument state = MessageReader.legacyState(body(answer, path));
                            if (state.leader().isEmpty()) {
                                throw new Refused(answer.base() + path + " knows no leader");
                            }
                            if (state.pid().isEmpty() || state.pid().equals(state.leader())) {
                                return done(new Polled(state, answer.base()));
                            }
                            if (!mayFollow) {
                                throw new Refused(
                                        answer.base()
                                                + " does not lead, "
                                                + state.leader()
                                                + " does");
                            }
                            return legacyState(leader(base, state.leader()), from, 0, false);
                        },
                        readers);
    }

    /** An old master that does not lead answers with what little it knows. */
    private URI leader(URI base, String pid) {
        HostPort at =
                HostPort.ofPid(pid)
                        .orElseThrow(() -> new Refused(base + " names a leader \"" + pid + "\""));
        URI leader = url(base.getScheme(), at);
        if (!redirects.get().allows(leader)) {
            throw new Refused(
                    base
                            + " is led by "
                            + leader
                            + ", which allowed-redirect-hosts does not allow");
        }
        return leader;
    }

    /** {@code master@address:port} of who answers; empty if it does not say. */
    CompletionStage<String> leader(URI base, URI from) {
        return http.call(base, from, "GET_MASTER")
                .thenApply(
                        answer ->
                                answer.isOk()
                                        ? pid(
                                                MessageReader.tree(answer.body())
                                                        .path("get_master")
                                                        .path("master_info"))
                                        : "");
    }

    /**
     * Ids of the agents that a master knows, registered or not back yet.
     *
     * @return empty if it does not say
     */
    CompletionStage<Optional<Set<String>>> agents(URI base, URI from) {
        return http.call(base, from, "GET_AGENTS")
                .thenApplyAsync(
                        answer -> {
                            if (!answer.isOk()) {
                                return Optional.empty();
                            }
                            StateDocument state = MessageReader.agents(answer.body());
                            Set<String> named = new TreeSet<>(state.recovered());
                            state.agents().forEach(agent -> named.add(agent.id()));
                            return Optional.of(named);
                        },
                        readers);
    }

    /**
     * Pids of schedulers by framework id, which only documents beside the v1 API tell; the summary
     * is the smallest.
     *
     * @return empty if this master has no summary
     */
    CompletionStage<Optional<Map<String, String>>> schedulers(URI base, URI from) {
        return http.get(base, from, "/master/state-summary")
                .thenApplyAsync(
                        answer -> {
                            if (!answer.isOk()) {
                                return Optional.empty();
                            }
                            Map<String, String> pids = new HashMap<>();
                            JsonNode frameworks =
                                    MessageReader.tree(answer.body()).path("frameworks");
                            for (JsonNode framework : frameworks) {
                                pids.put(
                                        TaskReader.text(framework, "id"),
                                        TaskReader.text(framework, "pid"));
                            }
                            return Optional.of(pids);
                        },
                        readers);
    }

    /**
     * {@code master@address:port} of a {@code MasterInfo}, whose {@code pid} may name it by a name;
     * empty if it tells neither.
     */
    static String pid(JsonNode master) {
        String ip = TaskReader.text(master.path("address"), "ip");
        int port = master.path("address").path("port").asInt();
        return ip.isEmpty() || port == 0
                ? TaskReader.text(master, "pid")
                : "master@" + (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + port;
    }

    static URI url(String scheme, HostPort at) {
        return URI.create(
                scheme
                        + "://"
                        + (at.host().indexOf(':') >= 0 ? "[" + at.host() + "]" : at.host())
                        + ":"
                        + at.port());
    }

    private static byte[] body(MesosHttp.Answer answer, String what) {
        if (!answer.isOk()) {
            throw new Refused(answer.base() + " answered " + answer.status() + " to " + what);
        }
        return answer.body();
    }

    private static <T> CompletionStage<T> done(T value) {
        return CompletableFuture.completedStage(value);
    }

    /** What went wrong, for people. */
    static String cause(Throwable failure) {
        Throwable root = failure;
        while (root instanceof CompletionException && root.getCause() != null) {
            root = root.getCause();
        }
        boolean ours = root instanceof Refused || root instanceof UnreadableJson;
        String message = root.getMessage() == null ? "" : root.getMessage();
        return ours
                ? message
                : message.isEmpty()
                        ? root.getClass().getSimpleName()
                        : root.getClass().getSimpleName() + ": " + message;
    }
}
