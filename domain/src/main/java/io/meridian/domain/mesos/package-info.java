/** What a Mesos master says of its cluster, as far as names need it. */
package io.meridian.domain.mesos;
