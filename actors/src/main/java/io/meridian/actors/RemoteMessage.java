package io.meridian.actors;

/**
 * Marker of commands and replies that cross between masters; bound to jackson-cbor in {@code
 * reference.conf}.
 */
public interface RemoteMessage {}
