package io.meridian.actors.ingest;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.net.IpAddress;
import io.meridian.sources.SourceCommand;

import org.slf4j.event.Level;

import java.util.List;
import java.util.SortedSet;

/** An action that {@link IngestCore} decides and {@link Ingest} executes. */
sealed interface Effect
        permits Delivery,
                StateQuery,
                Effect.Reserve,
                Effect.ObserveCluster,
                Effect.ToSource,
                Effect.RetryLater,
                Effect.Log {
    /**
     * Reserve addresses in the VIP pool, and answer with {@link Input.Reserved} or {@link
     * Input.NotReserved}. At most one request is in flight.
     *
     * @param names VIP names that need addresses
     * @param literals VIP addresses that the pool must not give to a name
     */
    record Reserve(SortedSet<String> names, SortedSet<IpAddress> literals) implements Effect {}

    /**
     * Send observations of the Mesos cluster to its entity, in order, and answer with {@link
     * Input.ClusterAcknowledged} or {@link Input.ClusterNotAcknowledged}. At most one message is in
     * flight.
     */
    record ObserveCluster(List<ClusterClaim> observations) implements Effect {}

    record ToSource(SourceCommand command) implements Effect {}

    /** Answer with {@link Input.Timer#RETRY} after {@link IngestCore#RETRY}. */
    record RetryLater() implements Effect {}

    record Log(Level level, String line) implements Effect {}
}
