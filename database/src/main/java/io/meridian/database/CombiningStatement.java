package io.meridian.database;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;

import org.reactivestreams.Publisher;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

/**
 * An insert that sends several bindings as one statement, if {@link CombinedInsert} takes their
 * types; the driver sends them one by one otherwise. A combined statement has one result, with the
 * number of all rows.
 */
final class CombiningStatement implements Statement {
    private final Connection connection;
    private final Statement single;
    private final CombinedInsert insert;
    private final List<List<Object>> rows = new ArrayList<>();
    private boolean plain = true;
    private boolean open = false;

    CombiningStatement(Connection connection, Statement single, CombinedInsert insert) {
        this.connection = connection;
        this.single = single;
        this.insert = insert;
    }

    @Override
    public Statement add() {
        open = false;
        return this;
    }

    @Override
    public Statement bind(int index, Object value) {
        if (!open) {
            rows.add(new ArrayList<>());
            open = true;
        }
        List<Object> row = rows.getLast();
        while (row.size() <= index) {
            row.add(null);
        }
        row.set(index, value);
        return this;
    }

    @Override
    public Statement bind(String name, Object value) {
        return bind(Integer.parseInt(name.substring(1)) - 1, value);
    }

    @Override
    public Statement bindNull(int index, Class<?> type) {
        return bind(index, Parameters.in(type));
    }

    @Override
    public Statement bindNull(String name, Class<?> type) {
        return bind(name, Parameters.in(type));
    }

    @Override
    public Statement returnGeneratedValues(String... columns) {
        plain = false;
        single.returnGeneratedValues(columns);
        return this;
    }

    @Override
    public Statement fetchSize(int size) {
        single.fetchSize(size);
        return this;
    }

    @Override
    public Publisher<? extends Result> execute() {
        List<Class<?>> types = types();
        boolean together = plain && rows.size() > 1 && CombinedInsert.takes(types);
        return together ? combined(types).execute() : separate().execute();
    }

    /** Types of the parameters; {@code Void} for a parameter whose type differs between rows. */
    private List<Class<?>> types() {
        List<Class<?>> types = new ArrayList<>();
        if (rows.isEmpty()) {
            return types;
        }
        List<Object> first = rows.getFirst();
        for (int i = 0; i < first.size(); i++) {
            int index = i;
            Class<?> type = first.get(i) == null ? Void.class : first.get(i).getClass();
            boolean same =
                    rows.stream()
                            .allMatch(
                                    row ->
                                            row.size() == first.size()
                                                    && type.isInstance(row.get(index)));
            types.add(same ? type : Void.class);
        }
        return types;
    }

    private Statement combined(List<Class<?>> types) {
        Statement statement = connection.createStatement(insert.sql(types));
        for (int i = 0; i < types.size(); i++) {
            Object[] column = (Object[]) Array.newInstance(types.get(i), rows.size());
            for (int row = 0; row < column.length; row++) {
                column[row] = rows.get(row).get(i);
            }
            statement.bind(i, column);
        }
        return statement;
    }

    private Statement separate() {
        for (int row = 0; row < rows.size(); row++) {
            if (row > 0) {
                single.add();
            }
            List<Object> values = rows.get(row);
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i) != null) {
                    single.bind(i, values.get(i));
                }
            }
        }
        return single;
    }
}
