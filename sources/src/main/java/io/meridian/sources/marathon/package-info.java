/**
 * Marathon as a source: event bus and REST answers in, {@link io.meridian.sources.SourceSignal}s
 * out.
 *
 * <p>Bytes become frames ({@code FrameReader}), frames events ({@code EventReader}), events signals
 * and re-reads ({@code MarathonTranslator}); answers become readings ({@code AppReader}, {@code
 * PodReader}). All of that is pure. The shell around it is {@link
 * io.meridian.sources.marathon.MarathonSource}, an actor, and {@code MarathonHttp}.
 */
package io.meridian.sources.marathon;
