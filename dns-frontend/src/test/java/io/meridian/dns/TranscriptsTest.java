package io.meridian.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.testkit.NeedsPackage;
import io.meridian.testkit.SystemPackage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code docs/dns-transcripts.md} is what dig says of a node; {@code -Dgolden.update} writes it.
 * What differs from run to run (times, the port) is left out.
 */
@Timeout(120)
class TranscriptsTest {
    private static final Path PAGE = Path.of("../docs/dns-transcripts.md");
    private static final Pattern PASSING =
            Pattern.compile(
                    "^(; <<>> DiG|; \\(1 server|;; global options|;; Got answer|;; Query time|;;"
                            + " SERVER|;; WHEN).*");

    private static final String HEAD =
            """
            # What dig says

            One node with a handful of tasks, a named VIP and three masters, asked with BIND's `dig`; written by a test, which
            keeps it true. Lines that differ from run to run are left out.

            """;

    private static final String[][] CASES = {
        {"A task, its capitals kept", "wEb.maraTHon.mesos A"},
        {"Its service record, with the targets' addresses", "_web._tcp.marathon.mesos SRV"},
        {
            "The same in DC/OS's mirror of the zone",
            "_web._tcp.marathon.mesos.thisdcos.directory SRV"
        },
        {
            "A named VIP, and the same under its other names",
            "web.marathon.l4lb.thisdcos.directory A"
        },
        {"", "web.marathon.dclb.thisdcos.global A"},
        {"", "web.marathon.l4lb.yfh6c3qn1.dcos.directory A"},
        {"What DC/OS's watchdogs ask", "+notcp ready.spartan ANY"},
        {"A CNAME of an operator, followed", "registry.component.thisdcos.directory A"},
        {"Where ZooKeeper is", "zk-2.zk A"},
        {"The name of an address", "-x 11.0.0.1"},
        {"An address in the VIP range that has no name", "-x 11.0.0.9"},
        {"No such type, and no such name", "web.marathon.mesos MX"},
        {"", "nobody.marathon.mesos A"},
        {"Names that others are below of exist (RFC 8020)", "_tcp.marathon.mesos A"},
        {"Nothing of ours", "x.thisdcos.directory A"},
        {
            "A hundred addresses over UDP are cut, over TCP they are whole",
            "+ignore +noedns +noall +comments big.marathon.mesos A"
        },
        {"", "+tcp +noall +comments big.marathon.mesos A"},
        {"The server says its name (RFC 5001)", "+nsid +noall +comments web.marathon.mesos A"},
        {"An EDNS version of the future (RFC 6891)", "+edns=1 +noednsneg web.marathon.mesos A"},
    };

    @NeedsPackage(SystemPackage.DNSUTILS)
    @Test
    void thePageIsWhatDigSays() throws IOException {
        StringBuilder page = new StringBuilder(HEAD);
        try (DnsFrontend frontend = AnswersGoldenTest.node()) {
            for (String[] one : CASES) {
                if (!one[0].isEmpty()) {
                    page.append("## ").append(one[0]).append("\n\n");
                }
                List<String> arguments =
                        Arrays.asList(("+qid=0 +nocookie +norecurse " + one[1]).split(" "));
                String said =
                        Dig.ask(frontend, arguments)
                                .lines()
                                .filter(line -> !PASSING.matcher(line).matches())
                                .collect(Collectors.joining("\n"))
                                .strip()
                                .replaceAll("\n\n+", "\n\n");
                page.append("```\n$ dig ")
                        .append(one[1])
                        .append('\n')
                        .append(said.replaceAll(", id: [0-9]+", ""))
                        .append("\n```\n\n");
            }
        }
        String text = page.toString().strip() + "\n";
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, text);
        }
        assertThat(text).isEqualTo(Files.readString(PAGE));
    }
}
