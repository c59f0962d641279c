package io.meridian.controlplane.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code docs/config.md} is generated from the rooms' {@code reference.conf}: {@code
 * -Dgolden.update} writes it.
 */
class ConfigReferenceTest {
    private static final Path PAGE = Path.of("../docs/config.md");

    @Test
    void everyKeyHasASentence() {
        assertThat(keys())
                .allSatisfy((key, value) -> assertThat(comment(value)).as(key).isNotBlank());
    }

    @Test
    void thePageIsGeneratedFromTheDefaults() throws IOException {
        StringBuilder page =
                new StringBuilder(
                        """
                        # Configuration

                        Generated from each room's `reference.conf`; a test keeps it true. A file given with `--config` overrides \
                        these defaults, `-Dkey=value` overrides both. Durations take units (`500 ms`, `5 s`, `10 m`); lists may be \
                        given to `-D` with commas. A key that does not exist is refused, and so is a value out of its range.

                        | key | default | meaning |
                        | --- | --- | --- |
                        """);
        keys().forEach(
                        (key, value) ->
                                page.append("| `")
                                        .append(key)
                                        .append("` | `")
                                        .append(value.render(ConfigRenderOptions.concise()))
                                        .append("` | ")
                                        .append(comment(value).replace("|", "\\|"))
                                        .append(" |\n"));
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page.toString());
    }

    private static Map<String, ConfigValue> keys() {
        Config reference =
                ConfigFactory.defaultReferenceUnresolved().withOnlyPath("meridian").resolve();
        Map<String, ConfigValue> keys = new TreeMap<>();
        collect("meridian", reference.getValue("meridian"), keys);
        return keys;
    }

    private static void collect(String path, ConfigValue value, Map<String, ConfigValue> keys) {
        if (value.valueType() == ConfigValueType.OBJECT && !((Map<?, ?>) value).isEmpty()) {
            ((com.typesafe.config.ConfigObject) value)
                    .forEach(
                            (key, child) ->
                                    collect(
                                            path
                                                    + "."
                                                    + ConfigUtil.quoteString(key).replace("\"", ""),
                                            child,
                                            keys));
        } else {
            keys.put(path, value);
        }
    }

    private static String comment(ConfigValue value) {
        List<String> lines = new ArrayList<>();
        value.origin().comments().forEach(line -> lines.add(line.strip()));
        return String.join(" ", lines).strip();
    }
}
