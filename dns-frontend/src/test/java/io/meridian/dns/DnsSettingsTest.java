package io.meridian.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.dns.server.TcpLimits;
import io.meridian.dns.wire.DnsName;
import io.meridian.domain.net.IpAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

class DnsSettingsTest {
    private static final IpAddress NODE = IpAddress.literal("10.0.0.7");

    @Test
    void theDefaultsAreThoseOfTheContract() {
        DnsSettings settings = Frontends.settings("");
        assertThat(settings.listen()).containsExactly(new InetSocketAddress("0.0.0.0", 53));
        assertThat(settings.mesosDomain()).isEqualTo("mesos");
        assertThat(settings.mesosTtl()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.upstreams().isEmpty()).isTrue();
        assertThat(settings.udpSize()).isEqualTo(1232);
        assertThat(settings.tcp())
                .isEqualTo(new TcpLimits(10_000, 256, 64, Duration.ofSeconds(10)));
    }

    /** RFC 8482: a full answer is many times larger than its query. */
    @Test
    void byDefaultAnyIsMinimal() {
        assertThat(Frontends.settings("").zones().any()).isEqualTo(ZoneSettings.AnyAnswer.MINIMAL);
        assertThat(Frontends.settings("any = full").zones().any())
                .isEqualTo(ZoneSettings.AnyAnswer.FULL);
    }

    @Test
    void everythingCanBeSet() {
        DnsSettings settings =
                Frontends.settings(
                        """
                        listen = ["127.0.0.1:5354", "[::1]:5354"]
                        mesos-domain = "Dev.Example"
                        mesos-ttl = 5 s
                        upstreams = ["192.0.2.1", "192.0.2.2:5353", "[2001:db8::1]:53", "2001:db8::2"]
                        forward-zones { "example.org" = ["192.0.2.9"], "a.example.org" = ["192.0.2.10"] }
                        """);
        assertThat(settings.listen()).hasSize(2);
        assertThat(settings.mesosDomain()).isEqualTo("dev.example");
        assertThat(servers(settings, "www.example.net"))
                .containsExactly(
                        "192.0.2.1:53",
                        "192.0.2.2:5353",
                        "2001:db8:0:0:0:0:0:1:53",
                        "2001:db8:0:0:0:0:0:2:53");
        assertThat(servers(settings, "b.a.example.org")).containsExactly("192.0.2.10:53");
        assertThat(servers(settings, "EXAMPLE.org")).containsExactly("192.0.2.9:53");
    }

    @Test
    void namesOfTheClusterDirectoryNeedAForwardZone() {
        DnsSettings general = Frontends.settings("upstreams = [\"192.0.2.1\"]");
        assertThat(servers(general, "x.thisdcos.directory")).isEmpty();
        assertThat(servers(general, "thisdcos.directory")).isNotEmpty();
        DnsSettings named =
                Frontends.settings("forward-zones { \"thisdcos.directory\" = [\"192.0.2.7\"] }");
        assertThat(servers(named, "x.thisdcos.directory")).containsExactly("192.0.2.7:53");
        assertThat(servers(named, "example.org")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listen = []                                | meridian.dns.listen",
                "listen = [\"localhost:53\"]                | localhost:53",
                "listen = [\"127.0.0.1\"]                   | 127.0.0.1",
                "listen = [\"::1:53\"]                      | ::1:53",
                "listen = [\"127.0.0.1:65536\"]             | 65536",
                "listen = [\"127.0.0.1:53\",\"127.0.0.1:53\"] | duplicates",
                "listen = 5                                 | meridian.dns.listen must be a list of"
                        + " texts: was 5",
                "mesos-domain = \"a..b\"                    | meridian.dns.mesos-domain",
                "mesos-domain = \"a_b\"                     | a_b",
                "mesos-ttl = 8 days                         | between 0 s and 604800 s: was 8 days",
                "mesos-ttl = soon                           | meridian.dns.mesos-ttl",
                "upstreams = [\"dns.example.org\"]          | meridian.dns.upstreams",
                "upstreams = [\"192.0.2.1:0\"]              | 192.0.2.1:0",
                "upstreams = [\"0.0.0.0\"]                  | 0.0.0.0",
                "forward-zones { \"example.org\" = [] }     | example.org = []",
                "forward-zones { mesos = [\"192.0.2.1\"] }  | mesos",
                "forward-zones { \"a..b\" = [\"192.0.2.1\"] } | a..b",
                "forward-zones = 3                          | meridian.dns.forward-zones",
                "forward-zones { example.org = [\"192.0.2.1\"] } | suffixes are in quotes",
                "listen = [\"127.0.0.1:5354\"], upstreams = [\"127.0.0.1:5354\"] | other servers"
                        + " than this",
                "udp-size = 511                             | meridian.dns.udp-size must be a whole"
                        + " number between 512 and 4096: was 511",
                "nsid = \"caf\u00e9\"                           | meridian.dns.nsid must be"
                        + " printable ASCII",
                "cookie-secrets = [\"00\"]                  | one of 2 characters",
                "masters = [\"m1\"]                         | meridian.dns.masters must be a list"
                        + " of IP addresses: was m1",
                "masters = [\"2001:db8::1\"]                | a list of IPv4 addresses",
                "node-address = here                       | meridian.dns.node-address",
                "spartan-address = \"\"                      | an IPv4 address",
                "crypto-id = \"a.b\"                        | meridian.dns.crypto-id",
                "custom-zones { mesos { a = b } }          | without dclb, dcos, l4lb",
                "custom-zones { L4LB { a = b } }           | L4LB",
                "custom-zones { x = y }                    | meridian.dns.custom-zones",
                "custom-zones { x { a = \"b..c\" } }        | a = b..c",
                "custom-zones { x { \"@\" = \"b\" } }       | @ = b",
                "custom-zones { \"-x\" { a = b } }          | -x",
                "reverse-zones = [\"10.0.0.0/8\"]           | meridian.dns.reverse-zones",
                "reverse-zones = [\"in-addr.arpa\"]         | in-addr.arpa",
                "any = some                                | full or minimal: was some",
                "answer-order = sorted                     | random or round-robin: was sorted",
                "mesos-domain = \"zk\"                      | no other zone of this server",
                "forward-zones { spartan = [\"192.0.2.1\"] } | spartan",
                "udp-threads = 0                            | meridian.dns.udp-threads",
                "tcp-connections = many                     | was \"many\"",
                "tcp-connections-per-client = 0             | between 1 and 100000: was 0",
                "tcp-in-flight = 0                          | meridian.dns.tcp-in-flight",
                "rate-limit.positive = 1000001              | between 0 and 1000000: was 1000001",
                "rate-limit.exempt = [\"192.0.2.1/24\"]     | meridian.dns.rate-limit.exempt",
                "rate-limit.slip = -1                       | meridian.dns.rate-limit.slip",
                "tcp-idle-timeout = 1 ms                    | between 100 ms and 600 s: was 1 ms",
                "forward.timeout = null                     | meridian.dns.forward.timeout",
                "forward.total-timeout = 1 s                | at least meridian.dns.forward.timeout"
                        + " (3000 ms): was 1000 ms",
                "forward.parallel-queries = 0                        |"
                        + " meridian.dns.forward.parallel-queries",
                "forward.trust-ad = maybe                   | must be true or false: was \"maybe\"",
                "cache.size = 5 GiB                         | meridian.dns.cache.size",
                "cache.size = -1                            | meridian.dns.cache.size",
                "cache.failure-ttl = 6 s                    | between 1 s and 5 s: was 6 s",
                "cache { min-ttl = 1 h, max-ttl = 1 s }     | meridian.dns.cache.max-ttl",
                "recursion.allow = [\"10.0.0.0/33\"]         | 10.0.0.0/33",
                "upstreams = [\"/no/such/file\"]             | /no/such/file",
            })
    void aWrongSettingIsNamedWithItsRangeAndValue(String text, String expected) {
        assertThatThrownBy(() -> Frontends.settings(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("setting meridian.dns.")
                .hasMessageContaining(expected);
    }

    @Test
    void theServerNameDefaultsToTheNodeName() {
        assertThat(Frontends.settings("").at("n1", NODE, List.of()).edns().nsid()).isEqualTo("n1");
        assertThat(Frontends.settings("").at("caf\u00e9", NODE, List.of()).edns().nsid()).isEmpty();
        assertThat(Frontends.settings("nsid = \"\"").at("n1", NODE, List.of()).edns().nsid())
                .isEmpty();
        assertThat(Frontends.settings("nsid = x").at("n1", NODE, List.of()).edns().nsid())
                .isEqualTo("x");
    }

    @Test
    void cookieSecretsAreReadAndNeverShown() {
        DnsSettings settings =
                Frontends.settings("cookie-secrets = [\"e5e973e5a6b2a43f48e7dc849e37bfcf\"]");
        assertThat(settings.edns().cookieSecrets()).hasSize(1);
        assertThat(settings.toString()).doesNotContain("e5e973");
    }

    @Test
    void upstreamsFromResolvConfExcludeThisServer(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("resolv.conf");
        Files.writeString(
                file,
                """
                # written by a program
                search example.org
                nameserver 127.0.0.1
                nameserver\t192.0.2.1
                  nameserver 2001:db8::1 # trailing words are passed over
                nameserver 192.0.2.1
                nameserver fe80::1%eth0
                nameserver
                options timeout:1
                """);
        String listen = "listen = [\"127.0.0.1:53\"], upstreams = ";
        DnsSettings settings = Frontends.settings(listen + "[\"" + file + "\", \"192.0.2.7\"]");
        assertThat(servers(settings, "example.org"))
                .containsExactly("192.0.2.1:53", "2001:db8:0:0:0:0:0:1:53", "192.0.2.7:53");
        Files.writeString(file, "nameserver 127.0.0.1\n");
        assertThat(Frontends.settings(listen + "[\"" + file + "\"]").upstreams().isEmpty())
                .isTrue();
    }

    @Test
    void thisServerIsRefusedAsUpstream() {
        assertThatThrownBy(
                        () ->
                                DnsFrontend.start(
                                        Frontends.settings(
                                                "listen = [\"0.0.0.0:15353\"], upstreams ="
                                                        + " [\"127.0.0.1:15353\"]")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("127.0.0.1:15353");
    }

    private static List<String> servers(DnsSettings settings, String name) {
        return Optional.of(settings.upstreams())
                .flatMap(upstreams -> upstreams.of(DnsName.literal(name)))
                .map(
                        choice ->
                                choice.servers().stream()
                                        .map(
                                                a ->
                                                        a.getAddress().getHostAddress()
                                                                + ":"
                                                                + a.getPort())
                                        .toList())
                .orElse(List.of());
    }
}
