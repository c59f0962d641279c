/**
 * Where knowledge of services comes from: bytes of Marathon (later of Mesos) in, {@link
 * io.meridian.sources.SourceSignal}s out.
 */
package io.meridian.sources;
