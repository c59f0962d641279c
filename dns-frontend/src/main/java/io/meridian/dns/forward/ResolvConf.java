package io.meridian.dns.forward;

import io.meridian.domain.net.IpAddress;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The name servers in a file such as {@code /etc/resolv.conf} (resolv.conf(5)). */
public final class ResolvConf {
    private ResolvConf() {}

    /**
     * Addresses of its {@code nameserver} lines, in their order, without duplicates. Everything
     * else is passed over, and so is an address with a zone ({@code fe80::1%eth0}), as no other
     * setting can hold one.
     */
    public static List<IpAddress> nameServers(String text) {
        List<IpAddress> servers = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+");
            if (words.length >= 2 && words[0].equals("nameserver")) {
                Optional<IpAddress> server = IpAddress.parse(words[1]);
                server.filter(address -> !servers.contains(address)).ifPresent(servers::add);
            }
        }
        return servers;
    }
}
