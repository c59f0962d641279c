/**
 * Marathon as a source: event bus and REST responses in, {@link io.meridian.sources.SourceSignal}s
 * out.
 *
 * <p>{@code FrameReader} cuts bytes into frames, {@code EventReader} reads events, {@code
 * EventTranslator} decides what follows from each. {@code AppReader} and {@code PodReader} read
 * REST responses. {@code MarathonProcessor} decides what to read and signal. All of these are pure.
 * {@link io.meridian.sources.marathon.MarathonSource}, an actor, executes.
 */
package io.meridian.sources.marathon;
