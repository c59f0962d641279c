package io.meridian.sources.marathon;

import io.meridian.domain.text.Repeats;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;
import io.meridian.sources.http.Reconnector;
import io.meridian.sources.http.Server;
import io.meridian.sources.http.StreamEvent;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Everything that a Marathon source decides: when to connect, when the stream counts as attached,
 * what to read and what to signal. Pure: {@link #on} gets a message and the time and returns
 * effects. Used by one thread.
 *
 * <p>The first event proves that the subscription is live; the 200 alone does not, because Marathon
 * answers before it subscribes. A full listing follows, then single reads as events demand.
 *
 * <p>Laws: {@code MarathonProcessorLawTest}.
 */
final class MarathonProcessor {
    /**
     * Delay of the second listing after an attach without first event: a change between the first
     * listing and the subscription would be lost otherwise.
     */
    private static final Duration SECOND_LISTING = Duration.ofSeconds(5);

    private final MarathonSettings settings;
    private final Reconnector reconnector;
    private final EventProcessor events;
    private final List<MarathonEffect> effects = new ArrayList<>();
    private final Repeats repeats = new Repeats();
    private Phase phase = Phase.WAITING;
    private Optional<Server> server = Optional.empty();
    private Optional<Instant> firstEventDue = Optional.empty();
    private boolean hadEvent;
    private int urlIndex;

    private enum Phase {
        /** Between attempts. */
        WAITING,
        CONNECTING,
        /** The server answered 200; no event has come. */
        OPENED,
        ATTACHED
    }

    /** The first connection is due at {@code now}. */
    MarathonProcessor(MarathonSettings settings, RandomGenerator random, Instant now) {
        this.settings = settings;
        reconnector = new Reconnector(settings.connection().reconnect(), random, now);
        events = new EventProcessor(settings, random, effects::add, now);
    }

    /**
     * @param now not before the time of any earlier call
     * @return effects to execute in order
     */
    List<MarathonEffect> on(MarathonSource.Command command, Instant now) {
        if (!isStale(command)) {
            handle(command, now);
        }
        runDue(now);
        List<MarathonEffect> result = List.copyOf(effects);
        effects.clear();
        return result;
    }

    /** When {@link MarathonMessage.Wake} is due; empty if only messages can change anything. */
    Optional<Instant> nextDue() {
        return Stream.of(reconnector.connectAt(), firstEventDue, events.nextDue())
                .flatMap(Optional::stream)
                .min(Instant::compareTo);
    }

    private boolean isStale(MarathonSource.Command command) {
        return command instanceof MarathonMessage.OfConnection message
                && message.epoch() != reconnector.epoch();
    }

    private void handle(MarathonSource.Command command, Instant now) {
        switch (command) {
            case MarathonSource.Do(SourceCommand request) -> onRequest(request, now);
            case MarathonMessage.Streamed(_, var event) -> onStream(event, now);
            case MarathonMessage.ListingRead(_, var result) ->
                    events.results().onListing(result, now).ifPresent(cause -> lost(cause, now));
            case MarathonMessage.ServiceRead(_, var job, var result) ->
                    events.results().onService(job, result, now);
            case MarathonMessage.VersionRead(_, var job, var result) ->
                    events.results().onVersion(job, result, now);
            case MarathonMessage.HostResolved(var host, var addresses) ->
                    events.onHost(host, addresses, now);
            case MarathonMessage.Wake _ -> {} // on() runs what is due
        }
    }

    private void runDue(Instant now) {
        if (reconnector.isDue(now)) {
            connect();
        }
        if (firstEventDue.isPresent() && !now.isBefore(firstEventDue.get())) {
            attached(now);
            events.listAt(now.plus(SECOND_LISTING));
        }
        events.runDue(now);
    }

    /** While detached, re-reads and listings are void: the next attach lists everything. */
    private void onRequest(SourceCommand request, Instant now) {
        switch (request) {
            case SourceCommand.Reread(var service) -> {
                if (phase == Phase.ATTACHED) {
                    events.reread(service, now);
                }
            }
            case SourceCommand.ListAll _ -> {
                if (phase == Phase.ATTACHED) {
                    events.listAt(now);
                }
            }
            case SourceCommand.ReadVersion(var service, var version) ->
                    events.readVersion(service, version, now);
        }
    }

    private void onStream(StreamEvent<MarathonEvent> event, Instant now) {
        switch (event) {
            case StreamEvent.Opened<MarathonEvent>(Server from) -> {
                server = Optional.of(from);
                phase = Phase.OPENED;
                firstEventDue = Optional.of(now.plus(settings.firstEventTimeout()));
            }
            case StreamEvent.Received<MarathonEvent>(var received) -> onEvents(received, now);
            case StreamEvent.Ended<MarathonEvent>(String cause) -> lost(cause, now);
            case StreamEvent.Unsupported<MarathonEvent>(_, int status) ->
                    lost("no event stream: status=" + status, now);
        }
    }

    private void onEvents(List<MarathonEvent> received, Instant now) {
        boolean isFirst = !hadEvent;
        hadEvent = true;
        if (phase == Phase.OPENED) {
            attached(now);
        } else if (isFirst) {
            events.listAt(now); // the listing before may be older than the subscription
        }
        received.forEach(event -> events.onEvent(event, now));
    }

    private void connect() {
        phase = Phase.CONNECTING;
        hadEvent = false;
        List<URI> urls = settings.connection().urls();
        URI base = urls.get(urlIndex % urls.size());
        effects.add(new MarathonEffect.Connect(base, reconnector.begin()));
    }

    private void attached(Instant now) {
        Server leader = server.orElseThrow();
        phase = Phase.ATTACHED;
        firstEventDue = Optional.empty();
        reconnector.attached(now);
        repeats.over("connection");
        effects.add(
                new MarathonEffect.Inform(
                        "attached to Marathon: url="
                                + leader.base()
                                + " leader="
                                + leader.leaderOrAuthority()));
        effects.add(new MarathonEffect.Emit(new SourceSignal.Attached(leader.leaderOrAuthority())));
        events.attached(leader, reconnector.epoch(), now);
    }

    private void lost(String reported, Instant now) {
        String cause = reported.isEmpty() ? regularEnd() : reported;
        phase = Phase.WAITING;
        server = Optional.empty();
        firstEventDue = Optional.empty();
        urlIndex++;
        events.detached();
        Reconnector.Failure failure = reconnector.failed(now);
        effects.add(new MarathonEffect.Disconnect());
        repeats.line("connection", failure.describe("Marathon", cause))
                .map(MarathonEffect.Warn::new)
                .ifPresent(effects::add);
        effects.add(new MarathonEffect.Emit(new SourceSignal.Detached(cause, failure.attempt())));
    }

    private String regularEnd() {
        return hadEvent
                ? "the stream ended"
                : "the stream ended before its first event; is the leader ready?";
    }
}
