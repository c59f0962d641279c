/**
 * The seam between sources and ingest: Marathon and Mesos in, {@link
 * io.meridian.sources.SourceSignal}s out, {@link io.meridian.sources.SourceCommand}s back.
 */
@NullMarked
package io.meridian.sources;

import org.jspecify.annotations.NullMarked;
