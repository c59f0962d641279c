/** Listens for HTTP: limits of connections and clients, slow clients, host names. */
@NullMarked
package io.meridian.controlplane.http;

import org.jspecify.annotations.NullMarked;
