package io.meridian.projections;

import akka.actor.typed.ActorSystem;
import akka.persistence.r2dbc.ConnectionFactoryProvider;

import io.meridian.database.PostgresSettings;
import io.meridian.feed.master.TableStore;
import io.r2dbc.spi.ConnectionFactory;

/**
 * Where a master reads its tables from: the journal's connections, and one more that listens for
 * commits.
 */
public final class TableStores implements AutoCloseable {
    static final String CONNECTIONS = "akka.persistence.r2dbc.connection-factory";

    private final CommitListener commits;
    private final TableStore zone;
    private final TableStore vip;

    TableStores(ConnectionFactory connections, CommitListener commits) {
        this.commits = commits;
        this.zone = new SqlTableStore(connections, SqlTable.ZONE, commits);
        this.vip = new SqlTableStore(connections, SqlTable.VIP, commits);
    }

    /** Starts to listen for commits, and retries with backoff while the database is unreachable. */
    public static TableStores create(ActorSystem<?> system, PostgresSettings settings) {
        return new TableStores(
                ConnectionFactoryProvider.get(system).connectionFactoryFor(CONNECTIONS),
                new CommitListener(settings.connections("meridian-listen")));
    }

    public TableStore zone() {
        return zone;
    }

    public TableStore vip() {
        return vip;
    }

    /** Closes the connection that listens for commits. */
    @Override
    public void close() {
        commits.close();
    }
}
