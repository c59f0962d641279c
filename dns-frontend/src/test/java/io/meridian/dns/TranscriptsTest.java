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
 * {@code docs/dns-transcripts.md} has the output of dig for a node; {@code -Dgolden.update} writes
 * it. Values that differ between runs (times, the port) are left out.
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
            # DNS answers as dig prints them

            A node with a few tasks, a named VIP and three masters answers BIND's `dig`. `TranscriptsTest` writes this page and
            compares it at each build. Lines that differ from run to run are left out.

            """;

    private static final String[][] CASES = {
        {"A task; the answer keeps the question's case", "wEb.maraTHon.mesos A"},
        {"The task's SRV record, with the targets' addresses", "_web._tcp.marathon.mesos SRV"},
        {
            "The SRV record in DC/OS's mirror of the zone",
            "_web._tcp.marathon.mesos.thisdcos.directory SRV"
        },
        {"A named VIP, and its aliases", "web.marathon.l4lb.thisdcos.directory A"},
        {"", "web.marathon.dclb.thisdcos.global A"},
        {"", "web.marathon.l4lb.yfh6c3qn1.dcos.directory A"},
        {"The question of DC/OS's watchdogs", "+notcp ready.spartan ANY"},
        {"A CNAME from the settings, with its target", "registry.component.thisdcos.directory A"},
        {"A ZooKeeper host", "zk-2.zk A"},
        {"A reverse name", "-x 11.0.0.1"},
        {"The reverse name of an unused address in the VIP range", "-x 11.0.0.9"},
        {"A missing type, and a missing name", "web.marathon.mesos MX"},
        {"", "nobody.marathon.mesos A"},
        {"An empty non-terminal exists (RFC 8020)", "_tcp.marathon.mesos A"},
        {"A name outside our zones", "x.thisdcos.directory A"},
        {
            "A hundred addresses: truncated over UDP, whole over TCP",
            "+ignore +noedns +noall +comments big.marathon.mesos A"
        },
        {"", "+tcp +noall +comments big.marathon.mesos A"},
        {"The server's name by NSID (RFC 5001)", "+nsid +noall +comments web.marathon.mesos A"},
        {"An unknown EDNS version (RFC 6891)", "+edns=1 +noednsneg web.marathon.mesos A"},
    };

    @NeedsPackage(SystemPackage.DNSUTILS)
    @Test
    void thePageEqualsDigsOutput() throws IOException {
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
