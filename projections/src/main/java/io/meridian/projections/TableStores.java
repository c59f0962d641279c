package io.meridian.projections;

import akka.actor.typed.ActorSystem;
import akka.persistence.r2dbc.ConnectionFactoryProvider;

import io.meridian.database.PostgresSettings;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.master.TableStore;
import io.r2dbc.spi.ConnectionFactory;

/**
 * Where a master reads its tables from: the journal's connections, and one more that listens for
 * commits.
 */
public final class TableStores implements AutoCloseable {
    static final String CONNECTIONS = "akka.persistence.r2dbc.connection-factory";

    private final CommitListener commits;
    private final TableStore<ZoneRow> zone;
    private final TableStore<VipRow> vip;

    TableStores(ConnectionFactory connections, CommitListener commits) {
        this.commits = commits;
        this.zone = new SqlTableStore<>(connections, SqlTables.ZONE, commits);
        this.vip = new SqlTableStore<>(connections, SqlTables.VIP, commits);
    }

    /** Starts to listen; the database may be away. */
    public static TableStores create(ActorSystem<?> system, PostgresSettings settings) {
        return new TableStores(
                ConnectionFactoryProvider.get(system).connectionFactoryFor(CONNECTIONS),
                new CommitListener(settings.connections("meridian-listen")));
    }

    public TableStore<ZoneRow> zone() {
        return zone;
    }

    public TableStore<VipRow> vip() {
        return vip;
    }

    /** Stops listening. */
    @Override
    public void close() {
        commits.close();
    }
}
