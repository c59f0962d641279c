package io.meridian.controlplane.cli;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.controlplane.log.LogText;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;

/** A text table: columns under headings. Control characters of a cell are escaped. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        rows.add(List.of(headings));
    }

    /** A table with one row for each element and one column for each field. */
    static Table of(JsonNode array, String... fields) {
        Table table = new Table(fields);
        for (JsonNode item : array) {
            List<String> cells = new ArrayList<>();
            for (String field : fields) {
                cells.add(LogText.escaped(text(item.path(field))));
            }
            table.rows.add(cells);
        }
        return table;
    }

    void row(String... cells) {
        rows.add(Arrays.stream(cells).map(LogText::escaped).toList());
    }

    /** A value as the text of one cell; the elements of an array are separated by commas. */
    static String text(JsonNode value) {
        if (value.isArray()) {
            StringJoiner joined = new StringJoiner(",");
            value.forEach(item -> joined.add(text(item)));
            return joined.toString();
        }
        if (value.isObject()) {
            StringJoiner joined = new StringJoiner(" ");
            value.properties()
                    .forEach(field -> joined.add(field.getKey() + "=" + text(field.getValue())));
            return joined.toString();
        }
        return value.asText();
    }

    String text() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }
}
