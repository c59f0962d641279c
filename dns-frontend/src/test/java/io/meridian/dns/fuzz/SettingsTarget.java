package io.meridian.dns.fuzz;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;

import io.meridian.dns.DnsSettings;

import java.nio.charset.StandardCharsets;

/**
 * Fuzz target: any HOCON text as settings of {@code meridian.dns}. The settings are accepted, or
 * refused with a message that names a key. The HOCON parser refuses any other text.
 */
public final class SettingsTarget {
    private static final Config DEFAULTS = ConfigFactory.defaultReference();

    private SettingsTarget() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.contains("include") || text.contains("${")) {
            return; // files and the environment are out of scope
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
