package io.meridian.sources.marathon;

/**
 * One event of a {@code text/event-stream}.
 *
 * @param event name of the event; {@code message} if the stream has none
 * @param data data lines of the event, joined by line feeds; never empty
 */
record Frame(String event, String data) {}
