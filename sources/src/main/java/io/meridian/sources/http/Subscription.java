package io.meridian.sources.http;

import akka.Done;
import akka.actor.Cancellable;
import akka.actor.typed.ActorSystem;
import akka.japi.Pair;
import akka.stream.ActorAttributes;
import akka.stream.KillSwitches;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Runs one event stream at a time, decodes it and breaks it off after too long a silence.
 *
 * <p>{@link #start}, {@link #allowSilence} and {@link #stop} are called by one actor. Decoding and
 * the listener run on the stream's thread, a blocking one, because a snapshot takes long to decode.
 *
 * @param <E> decoded event
 */
public final class Subscription<E> {
    private static final String BLOCKING = "akka.actor.default-blocking-io-dispatcher";

    /** How often silence is measured. */
    private static final Duration CHECK = Duration.ofMillis(100);

    private final ActorSystem<?> system;
    private final EventStreamConnection connection;
    private final Supplier<Function<byte[], List<E>>> decoders;
    private final IntConsumer bytesRead;
    private final Listener<E> listener;
    private Running running = new Running(0, Duration.ZERO);
    private Runnable stop = () -> {};

    /** Gets the events of a stream in order, on the stream's thread. */
    @FunctionalInterface
    public interface Listener<E> {
        void on(int epoch, StreamEvent<E> event);
    }

    /** State of one stream; shared between the actor, the stream and the scheduler. */
    private static final class Running {
        private final int epoch;
        private volatile long lastByte = System.nanoTime();
        private volatile Duration silence;

        Running(int epoch, Duration silence) {
            this.epoch = epoch;
            this.silence = silence;
        }

        boolean isSilent() {
            return System.nanoTime() - lastByte >= silence.toNanos();
        }
    }

    /**
     * @param decoders gives the decoder of a new stream: bytes to the events that they complete; it
     *     throws to break the stream off
     * @param bytesRead gets the size of everything read, on the stream's thread
     */
    public Subscription(
            ActorSystem<?> system,
            EventStreamConnection connection,
            Supplier<Function<byte[], List<E>>> decoders,
            IntConsumer bytesRead,
            Listener<E> listener) {
        this.system = system;
        this.connection = connection;
        this.decoders = decoders;
        this.bytesRead = bytesRead;
        this.listener = listener;
    }

    /**
     * Connects. Stops the stream before.
     *
     * @param epoch number that every event of this stream carries
     * @param silence longest time without a byte, counted from now
     */
    public void start(URI base, int epoch, Duration silence) {
        stop();
        Running stream = new Running(epoch, silence);
        running = stream;
        Function<byte[], List<E>> decoder = decoders.get();
        Sink<StreamPart, CompletionStage<Done>> sink =
                Sink.<StreamPart>foreach(part -> onPart(part, stream, decoder))
                        .withAttributes(ActorAttributes.dispatcher(BLOCKING));
        Pair<UniqueKillSwitch, CompletionStage<Done>> materialized =
                connection
                        .open(base)
                        .viaMat(KillSwitches.single(), Keep.right())
                        .toMat(sink, Keep.both())
                        .run(system);
        UniqueKillSwitch kill = materialized.first();
        Cancellable watch =
                system.scheduler()
                        .scheduleAtFixedRate(
                                CHECK,
                                CHECK,
                                () -> breakIfSilent(stream, kill),
                                system.executionContext());
        stop =
                () -> {
                    watch.cancel();
                    kill.shutdown();
                };
        materialized
                .second()
                .whenComplete(
                        (_, failure) -> {
                            watch.cancel();
                            onEnd(epoch, failure);
                        });
    }

    /** Sets the longest time without a byte for the stream that runs. */
    public void allowSilence(Duration silence) {
        running.silence = silence;
    }

    /** Closes the stream; events on their way still come. */
    public void stop() {
        stop.run();
    }

    private void onPart(StreamPart part, Running stream, Function<byte[], List<E>> decoder) {
        switch (part) {
            case StreamPart.Opened(Server server) ->
                    listener.on(stream.epoch, new StreamEvent.Opened<>(server));
            case StreamPart.Unsupported(Server server, int status) ->
                    listener.on(stream.epoch, new StreamEvent.Unsupported<>(server, status));
            case StreamPart.Bytes(byte[] bytes) -> {
                bytesRead.accept(bytes.length);
                stream.lastByte = System.nanoTime();
                List<E> events = decoder.apply(bytes);
                if (!events.isEmpty()) {
                    listener.on(stream.epoch, new StreamEvent.Received<>(events));
                }
                stream.lastByte = System.nanoTime(); // decoding is not the server's silence
            }
        }
    }

    private static void breakIfSilent(Running stream, UniqueKillSwitch kill) {
        if (stream.isSilent()) {
            kill.abort(
                    new RequestFailedException(
                            "no byte for " + stream.silence.toMillis() / 1000.0 + " s"));
        }
    }

    private void onEnd(int epoch, @Nullable Throwable failure) {
        String cause = failure == null ? "" : RequestFailedException.describe(failure);
        listener.on(epoch, new StreamEvent.Ended<>(cause));
    }
}
