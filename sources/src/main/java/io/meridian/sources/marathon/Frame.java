package io.meridian.sources.marathon;

/**
 * One event of a {@code text/event-stream}.
 *
 * @param event its name; {@code message} if it has none
 * @param data its data lines, joined by line feeds; never empty
 */
record Frame(String event, String data) {}
