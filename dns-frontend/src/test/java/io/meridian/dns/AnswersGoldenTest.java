package io.meridian.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Replies of a whole node, over real sockets, one question after the other as {@code
 * answers.golden} lists them; {@code -Dgolden.update} writes what we say into it.
 */
@Timeout(120)
class AnswersGoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/answers.golden");

    private static final String HUNDRED =
            IntStream.range(0, 100)
                    .mapToObj(i -> "big.marathon.mesos A 10.2.0." + i)
                    .collect(Collectors.joining("\n"));

    private static final String SETTINGS =
            """
            answer-order = round-robin
            any = full
            masters = ["10.0.0.101", "10.0.0.102", "10.0.0.103"]
            node-address = "10.0.0.7"
            public-addresses = ["192.0.2.7", "2001:db8::7"]
            crypto-id = "yfh6c3qn1"
            reverse-zones = ["10.in-addr.arpa"]
            custom-zones {
              component {
                registry = "master.dcos.thisdcos.directory"
                away = "www.example.org"
                gone = "nobody.marathon.mesos"
                first = "second.component.thisdcos.directory"
                second = "third.other.thisdcos.directory"
                "a.b" = "web.marathon.mesos"
              }
              other { third = "registry.component.thisdcos.directory", self = "self.other.thisdcos.directory" }
              loop { x = "y.loop.thisdcos.directory", y = "x.loop.thisdcos.directory" }
            }
            """;

    private static final String ROWS =
            """
            web.marathon.mesos A 10.0.1.1
            web.marathon.mesos A 10.0.1.2
            web.marathon.mesos TXT "task=web.1"
            web-iffe9-s0.marathon.slave.mesos A 10.0.0.1
            _web._tcp.marathon.mesos SRV 0 1 31000 web-iffe9-s0.marathon.slave.mesos.
            _far._tcp.marathon.mesos SRV 0 1 443 www.example.org.
            alias.marathon.mesos CNAME web.marathon.mesos.
            web.marathon.agentip.dcos.thisdcos.directory A 10.0.0.1
            web.marathon.containerip.dcos.thisdcos.directory AAAA 2001:db8::1
            1.1.0.10.in-addr.arpa PTR web-iffe9-s0.marathon.mesos.
            5.2.0.192.in-addr.arpa PTR agent-5.example.org.
            """;

    /** A node that answers, on a free port. */
    static DnsFrontend node() {
        DnsSettings settings =
                Frontends.settings("listen = [\"127.0.0.1:0\"]\n" + SETTINGS)
                        .at(
                                "n7",
                                IpAddress.literal("10.0.0.8"),
                                List.of(
                                        AddressRange.parse("11.0.0.0-11.255.255.255")
                                                .orElseThrow()));
        DnsFrontend frontend = DnsFrontend.start(settings);
        Frontends.publish(frontend, ROWS + HUNDRED, "web.marathon 11.0.0.1 10.0.0.1");
        return frontend;
    }

    @Test
    void answersEqualTheGoldenFile() throws IOException {
        StringBuilder said = new StringBuilder();
        String golden = Files.readString(GOLDEN);
        try (DnsFrontend frontend = node()) {
            SimpleResolver resolver = Frontends.udp(frontend);
            for (String line : golden.lines().toList()) {
                if (line.startsWith("#") || line.isBlank()) {
                    said.append(line).append('\n');
                } else if (line.startsWith("? ")) {
                    String[] question = line.split(" ");
                    said.append(line)
                            .append('\n')
                            .append(
                                    Oracle.text(
                                            resolver.send(
                                                    Oracle.question(
                                                            question[1],
                                                            Type.value(question[2])))));
                }
            }
        }
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(GOLDEN, said);
        }
        assertThat(said.toString()).isEqualTo(Files.readString(GOLDEN));
    }

    /** The golden file sorts; clients read the chain from the top. */
    @Test
    void cnamesStandFirstAndInTheOrderOfTheChain() throws IOException {
        try (DnsFrontend frontend = node()) {
            assertThat(
                            Frontends.udp(frontend)
                                    .send(
                                            Oracle.question(
                                                    "first.component.thisdcos.directory", Type.A))
                                    .getSection(Section.ANSWER))
                    .extracting(record -> record.getName().toString())
                    .containsExactly(
                            "first.component.thisdcos.directory.",
                            "second.component.thisdcos.directory.",
                            "third.other.thisdcos.directory.",
                            "registry.component.thisdcos.directory.",
                            "master.dcos.thisdcos.directory.",
                            "master.dcos.thisdcos.directory.",
                            "master.dcos.thisdcos.directory.");
        }
    }

    /** This node turns records; over UDP, too, with and without EDNS. */
    @Test
    void theMessageIdSelectsTheFirstRecord() throws IOException {
        try (DnsFrontend frontend = node()) {
            for (int edns = -1; edns <= 0; edns++) {
                SimpleResolver resolver = Frontends.udp(frontend);
                resolver.setEDNS(edns);
                for (int id = 0; id < 9; id++) {
                    Message question = Oracle.question("master.dcos.thisdcos.directory", Type.A);
                    question.getHeader().setID(id);
                    assertThat(
                                    resolver.send(question)
                                            .getSection(Section.ANSWER)
                                            .getFirst()
                                            .rdataToString())
                            .isEqualTo("10.0.0." + (101 + id % 3));
                }
            }
        }
    }
}
