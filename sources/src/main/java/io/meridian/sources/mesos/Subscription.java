package io.meridian.sources.mesos;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.japi.Pair;
import akka.stream.ActorAttributes;
import akka.stream.KillSwitches;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;

import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The connection that events come by, one at a time. What is read is cut, decoded and handed over
 * on the stream's own thread, which may take a while with a snapshot and so is a blocking one; it
 * never waits for anything.
 */
final class Subscription {
    private static final String BLOCKING = "akka.actor.default-blocking-io-dispatcher";

    private final ActorSystem<?> system;
    private final MesosHttp http;
    private final MesosSettings settings;
    private final MesosCounters counters;
    private final InstantSource clock;
    private final ActorRef<MesosSource.Command> source;
    private Optional<UniqueKillSwitch> running = Optional.empty();
    private volatile long lastByte;

    Subscription(
            ActorSystem<?> system,
            MesosHttp http,
            MesosSettings settings,
            MesosCounters counters,
            InstantSource clock,
            ActorRef<MesosSource.Command> source) {
        this.system = system;
        this.http = http;
        this.settings = settings;
        this.counters = counters;
        this.clock = clock;
        this.source = source;
    }

    /** Connects; everything that comes of it is told as notices of that epoch. */
    void start(URI base, int epoch) {
        stop();
        lastByte = System.nanoTime();
        RecordReader records = new RecordReader(settings.recordMaxSize());
        Pair<UniqueKillSwitch, CompletionStage<Done>> stream =
                http.subscribe(base)
                        .viaMat(KillSwitches.single(), Keep.right())
                        .toMat(
                                Sink.<StreamPart>foreach(part -> handOver(part, records, epoch))
                                        .withAttributes(ActorAttributes.dispatcher(BLOCKING)),
                                Keep.both())
                        .run(system);
        running = Optional.of(stream.first());
        stream.second()
                .whenComplete(
                        (_, failure) ->
                                source.tell(
                                        new Notice.Ended(
                                                epoch,
                                                failure == null ? "" : MesosReads.cause(failure))));
    }

    /** Nanoseconds since the last byte, or since the start. */
    long silentFor() {
        return System.nanoTime() - lastByte;
    }

    void stop() {
        running.ifPresent(UniqueKillSwitch::shutdown);
        running = Optional.empty();
    }

    private void handOver(StreamPart part, RecordReader records, int epoch) {
        switch (part) {
            case StreamPart.Opened _, StreamPart.Unsupported _ ->
                    source.tell(new Notice.Answered(epoch, part));
            case StreamPart.Bytes(byte[] bytes) -> {
                lastByte = System.nanoTime();
                counters.bytes(bytes.length, clock.instant());
                List<MesosMessage> messages =
                        records.read(bytes).stream().map(MessageReader::read).toList();
                if (!messages.isEmpty()) {
                    source.tell(new Notice.Received(epoch, messages));
                }
                // Decoding a snapshot is not the master's silence.
                lastByte = System.nanoTime();
            }
            case StreamPart.Redirected _,
                    StreamPart.Ended _ -> {} // followed and consumed by MesosHttp
        }
    }
}
