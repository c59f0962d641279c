package io.meridian.ipvs.host;

import com.typesafe.config.Config;

import java.util.EnumMap;
import java.util.Map;

/**
 * What may be done to this host around the table; {@code reference.conf} says what each key means.
 *
 * @param enabled false: nothing around the table is looked at or touched
 * @param iptables program that lists and changes rules of IPv4
 * @param ip6tables program that lists and changes rules of IPv6
 * @param ipset program that lists and changes sets
 * @param modprobe program that loads kernel modules
 * @param skipPortMapping whether rules that map ports are kept from traffic to VIPs
 * @param clientMark bit of packets' marks by which those are known whose clients keep their
 *     addresses, as {@code iptables} takes it: {@code 0x1000}
 * @param sysctls a choice for each
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
     * @param dataplane what is below {@code meridian.dataplane}
     * @throws IllegalArgumentException naming the key, what it must be and what it was
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
