package io.meridian.dns.forward;

import io.meridian.domain.net.IpAddress;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads name servers from a file such as {@code /etc/resolv.conf} (resolv.conf(5)). */
public final class ResolvConf {
    private ResolvConf() {}

    /**
     * The addresses of the {@code nameserver} lines in order, without duplicates. Other lines, and
     * addresses with a zone index ({@code fe80::1%eth0}), are ignored.
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
