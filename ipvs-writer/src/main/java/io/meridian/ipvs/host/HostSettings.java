package io.meridian.ipvs.host;

import com.typesafe.config.Config;

import java.util.EnumMap;
import java.util.Map;

/**
 * Settings for changes to this host; {@code reference.conf} explains the keys.
 *
 * @param enabled false: Meridian reads and changes nothing of the host
 * @param iptables program for firewall rules of IPv4
 * @param ip6tables program for firewall rules of IPv6
 * @param ipset program for sets
 * @param modprobe program that loads kernel modules
 * @param skipPortMapping whether traffic to VIPs is excluded from rules that map ports
 * @param clientMark packet mark of connections that keep client addresses, one bit, as {@code
 *     iptables} takes it: {@code 0x1000}
 * @param sysctls a choice for each setting
 */
public record HostSettings(
        boolean enabled,
        String iptables,
        String ip6tables,
        String ipset,
        String modprobe,
        boolean skipPortMapping,
        String clientMark,
        Map<Sysctl, Sysctl.Choice> sysctls) {
    public HostSettings {
        sysctls = Map.copyOf(sysctls);
    }

    /**
     * Reads the settings.
     *
     * @param dataplane configuration below {@code meridian.dataplane}
     * @throws IllegalArgumentException with the key, its range and its value
     */
    public static HostSettings from(Config dataplane) {
        Map<Sysctl, Sysctl.Choice> sysctls = new EnumMap<>(Sysctl.class);
        for (Sysctl each : Sysctl.values()) {
            sysctls.put(each, choice("sysctl." + each.setting(), dataplane));
        }
        return new HostSettings(
                bool("host-setup", dataplane),
                dataplane.getString("iptables"),
                dataplane.getString("ip6tables"),
                dataplane.getString("ipset"),
                dataplane.getString("modprobe"),
                bool("skip-port-mapping", dataplane),
                "0x" + Integer.toHexString(1 << bit("client-mark-bit", dataplane)),
                sysctls);
    }

    private static int bit(String key, Config dataplane) {
        String text = dataplane.getString(key);
        if (!text.matches("[0-9]{1,2}") || Integer.parseInt(text) > 31) {
            throw wrong(key, "a number between 0 and 31", text);
        }
        return Integer.parseInt(text);
    }

    private static Sysctl.Choice choice(String key, Config dataplane) {
        String text = dataplane.getString(key);
        return switch (text) {
            case "auto" -> new Sysctl.Choice.Auto();
            case "keep" -> new Sysctl.Choice.Keep();
            default -> {
                if (!text.matches("[0-9]{1,2}")) {
                    throw wrong(key, "auto, keep or a number between 0 and 99", text);
                }
                yield new Sysctl.Choice.Fixed(text);
            }
        };
    }

    private static boolean bool(String key, Config dataplane) {
        String text = dataplane.getString(key);
        return switch (text) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> throw wrong(key, "true or false", text);
        };
    }

    private static IllegalArgumentException wrong(String key, String range, String was) {
        return new IllegalArgumentException(
                "setting meridian.dataplane." + key + " must be " + range + ": was " + was);
    }
}
