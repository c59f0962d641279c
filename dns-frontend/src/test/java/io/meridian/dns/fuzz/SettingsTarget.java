package io.meridian.dns.fuzz;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;

import io.meridian.dns.DnsSettings;

import java.nio.charset.StandardCharsets;

/**
 * Any text as settings of {@code meridian.dns}: they are taken, or refused with a sentence that
 * names one of our keys. What is no HOCON is refused before we see it.
 */
public final class SettingsTarget {
    private static final Config DEFAULTS = ConfigFactory.defaultReference();

    private SettingsTarget() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.contains("include") || text.contains("${")) {
            return; // files and the environment are not part of this
        }
        Config config;
        try {
            config =
                    ConfigFactory.parseString("meridian.dns {\n" + text + "\n}")
                            .withFallback(DEFAULTS)
                            .resolve();
        } catch (ConfigException e) {
            return;
        }
        try {
            DnsSettings.from(config);
        } catch (IllegalArgumentException e) {
            if (!e.getMessage().startsWith("setting meridian.dns")) {
                throw new AssertionError("refused without naming a setting: " + text, e);
            }
        }
    }
}
