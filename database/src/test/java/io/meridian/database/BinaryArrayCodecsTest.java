package io.meridian.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.spi.Statement;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import reactor.core.publisher.Flux;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

@ExtendWith(EmbeddedPostgresExtension.class)
class BinaryArrayCodecsTest {
    private static final String SPECIAL =
            "ab,;{}\"'\\ \t\n\r\u0001\u001fNULLä\u20ac\u2028\ud83d\ude00";

    /** The result's only column; "=" before a text, or "null". */
    private static List<String> ask(PostgresSettings settings, String sql, Object... parameters) {
        return Flux.usingWhen(
                        settings.connections("test").create(),
                        connection -> {
                            Statement statement = connection.createStatement(sql);
                            for (int i = 0; i < parameters.length; i++) {
                                statement.bind(i, parameters[i]);
                            }
                            return Flux.from(statement.execute())
                                    .concatMap(
                                            result ->
                                                    result.map(
                                                            row ->
                                                                    row.get(0, String.class) == null
                                                                            ? "null"
                                                                            : "="
                                                                                    + row.get(
                                                                                            0,
                                                                                            String
                                                                                                    .class)));
                        },
                        connection -> connection.close())
                .collectList()
                .block(Duration.ofSeconds(60));
    }

    private static List<String> elements(PostgresSettings settings, String type, Object[] array) {
        return ask(
                settings,
                "SELECT x::text FROM unnest($1::"
                        + type
                        + "[]) WITH ORDINALITY AS n(x, i) ORDER BY i",
                (Object) array);
    }

    private static List<String> shown(Object... values) {
        return Arrays.stream(values).map(value -> value == null ? "null" : "=" + value).toList();
    }

    @Test
    void anyTextsRoundTrip(PostgresSettings settings) {
        Random random = new Random(1);
        for (int round = 0; round < 50; round++) {
            List<String> texts = new ArrayList<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                StringBuilder text = new StringBuilder();
                for (int length = random.nextInt(8); length > 0; length--) {
                    text.appendCodePoint(
                            SPECIAL.codePoints()
                                    .skip(
                                            random.nextInt(
                                                    SPECIAL.codePointCount(0, SPECIAL.length())))
                                    .findFirst()
                                    .orElseThrow());
                }
                texts.add(random.nextInt(5) == 0 ? null : text.toString());
            }
            assertThat(elements(settings, "text", texts.toArray(String[]::new)))
                    .isEqualTo(shown(texts.toArray()));
        }
    }

    @Test
    void emptyArrayEmptyTextAndNullDiffer(PostgresSettings settings) {
        assertThat(elements(settings, "text", new String[0])).isEmpty();
        assertThat(elements(settings, "text", new String[] {""})).containsExactly("=");
        assertThat(elements(settings, "text", new String[] {null})).containsExactly("null");
    }

    /** An array of some megabytes, with elements of 600 kB. */
    @Test
    void arraysOfMegabytesRoundTrip(PostgresSettings settings) {
        String[] texts = new String[3000];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = i % 1000 == 999 ? "\u20ac".repeat(200_000) : "x".repeat(i);
        }
        assertThat(
                        ask(
                                settings,
                                "SELECT md5(string_agg(x, ',' ORDER BY i)) FROM unnest($1::text[])"
                                        + " WITH ORDINALITY AS n(x, i)",
                                (Object) texts))
                .isEqualTo(ask(settings, "SELECT md5($1)", String.join(",", texts)));
    }

    @Test
    void bytesRoundTrip(PostgresSettings settings) {
        byte[] every = new byte[256];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) i;
        }
        assertThat(elements(settings, "bytea", new byte[][] {every, {}, null}))
                .containsExactly("=\\x" + HexFormat.of().formatHex(every), "=\\x", "null");
    }

    /** As with the driver's own codec, PostgreSQL infers the type of a text parameter. */
    @Test
    void aTextParameterTakesTheTypeOfItsContext(PostgresSettings settings) {
        assertThat(ask(settings, "SELECT $1", SPECIAL)).isEqualTo(shown(SPECIAL));
        assertThat(ask(settings, "SELECT ($1::jsonb ->> 'a') || $2", "{\"a\": 7}", "x"))
                .containsExactly("=7x");
        assertThat(ask(settings, "SELECT ('a' = ANY($1))::text", (Object) new String[] {"b", "a"}))
                .containsExactly("=true");
    }
}
