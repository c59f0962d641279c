package io.meridian.controlplane.config;

import com.typesafe.config.Config;

import io.meridian.domain.net.AddressPrefix;

import java.util.List;

/** Reads the settings of VIP labels; each room that uses the VIP ranges reads these itself. */
public final class VipSettings {
    private VipSettings() {}

    /**
     * The networks outside the VIP ranges whose addresses labels may request.
     *
     * @throws IllegalArgumentException for an invalid value; the message has key, range and value
     */
    public static List<AddressPrefix> literals(Config config) {
        return config.getStringList("meridian.vip.literals").stream()
                .map(
                        text ->
                                AddressPrefix.parse(text)
                                        .orElseThrow(
                                                () ->
                                                        NodeSettings.wrong(
                                                                "vip.literals",
                                                                "a list of networks \"ip/bits\"",
                                                                text)))
                .toList();
    }
}
