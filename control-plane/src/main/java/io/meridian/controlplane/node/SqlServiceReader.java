package io.meridian.controlplane.node;

import io.meridian.actors.Entities;
import io.meridian.actors.vip.VipPoolEntity;
import io.meridian.controlplane.admin.ServiceReader;
import io.meridian.controlplane.admin.UnavailableException;
import io.meridian.domain.service.ServiceId;
import io.meridian.projections.ServiceQueries;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcTransientException;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * Reads services from the tables by SQL, and the sequence number of the last event from the entity.
 */
final class SqlServiceReader implements ServiceReader {
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(5);

    private final ServiceQueries queries;
    private final Entities entities;

    SqlServiceReader(ServiceQueries queries, Entities entities) {
        this.queries = queries;
        this.entities = entities;
    }

    @Override
    public CompletionStage<List<ServiceQueries.Service>> list() {
        return typed(queries.list());
    }

    @Override
    public CompletionStage<Optional<ServiceQueries.Service>> one(ServiceId id) {
        return typed(queries.find(id)).thenApply(found -> found.filter(SqlServiceReader::exists));
    }

    private static boolean exists(ServiceQueries.Service service) {
        return !service.removed() || !service.instances().isEmpty();
    }

    @Override
    public CompletionStage<Optional<Progress>> progress(ServiceId id) {
        return typed(
                entities.service(id, ASK_TIMEOUT)
                        .thenCombine(
                                queries.find(id),
                                (current, found) -> progress(current.sequenceNumber(), found)));
    }

    @Override
    public CompletionStage<VipPoolEntity.Released> release(SortedSet<String> names) {
        return typed(entities.release(names, ASK_TIMEOUT));
    }

    private static Optional<Progress> progress(
            long journalled, Optional<ServiceQueries.Service> found) {
        if (found.isEmpty() && journalled == 0) {
            return Optional.empty();
        }
        return Optional.of(
                found.map(
                                service ->
                                        new Progress(
                                                journalled,
                                                service.sequenceNr(),
                                                service.zoneRevision(),
                                                service.vipRevision()))
                        .orElse(new Progress(journalled, 0, 0, 0)));
    }

    private static <T> CompletionStage<T> typed(CompletionStage<T> answer) {
        return answer.exceptionallyCompose(
                failure -> CompletableFuture.failedStage(typed(failure)));
    }

    /**
     * Gives outages their type; any other exception is a fault of this program and stays as it is.
     */
    static Throwable typed(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean wrapper =
                failure instanceof CompletionException || failure instanceof ExecutionException;
        if (wrapper && cause != null) {
            return typed(cause);
        }
        boolean outage =
                failure instanceof R2dbcTransientException
                        || failure instanceof R2dbcNonTransientResourceException
                        || failure instanceof TimeoutException
                        || failure instanceof IOException;
        return outage
                ? new UnavailableException(
                        "cannot read services, the database does not answer: "
                                + failure.getMessage(),
                        failure)
                : failure;
    }
}
