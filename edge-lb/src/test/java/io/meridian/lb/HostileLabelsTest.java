package io.meridian.lb;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.lb.RefusedException;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** No text in a plain label, an id or an address writes a line of its own. */
class HostileLabelsTest {
    private static final Set<String> SECTIONS =
            Set.of(
                    "global",
                    "defaults",
                    "listen stats",
                    "frontend marathon_http_in",
                    "frontend marathon_http_appid_in",
                    "frontend marathon_https_in",
                    "userlist user_web_10000",
                    "frontend web_10000",
                    "backend web_10000");

    /** First words of the lines that the rules give to one app with a vhost. */
    private static final Set<String> DIRECTIVES =
            Set.of(
                    "bind",
                    "mode",
                    "acl",
                    "use_backend",
                    "http-request",
                    "redirect",
                    "balance",
                    "option",
                    "cookie",
                    "server",
                    "tcp-request",
                    "user",
                    "http-response");

    @Provide
    Arbitrary<String> labels() {
        return Arbitraries.of(
                "BIND_ADDR",
                "BIND_OPTIONS",
                "SSL_CERT",
                "MODE",
                "BALANCE",
                "VHOST",
                "PATH",
                "AUTH",
                "BACKEND_NETWORK_ALLOWED_ACL",
                "HTTP_BACKEND_PROXYPASS_PATH",
                "HTTP_BACKEND_REVPROXY_PATH",
                "HTTP_BACKEND_REDIR",
                "STICKY",
                "USE_HSTS",
                "REDIRECT_TO_HTTPS",
                "ENABLED",
                "BACKEND_WEIGHT");
    }

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.of(
                        "\n",
                        "\r",
                        "\r\n",
                        "\0",
                        "\u0085",
                        "\u000b",
                        "{",
                        "}}",
                        ":",
                        ",",
                        " ",
                        "#",
                        "a",
                        "é",
                        "evil on",
                        "backend evil",
                        "\n  evil on",
                        "\nbackend evil\n  server")
                .list()
                .ofMaxSize(6)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 400)
    void theFileHasTheSectionsAndDirectivesOfTheRulesOnly(
            @ForAll("labels") String label, @ForAll("values") String value)
            throws RefusedException {
        String config =
                new Balancer()
                        .app(
                                "/web",
                                10000,
                                label.equals("VHOST")
                                        ? Map.of("HAPROXY_0_VHOST", value)
                                        : Map.of(
                                                "HAPROXY_0_VHOST",
                                                "w.example.com",
                                                "HAPROXY_0_" + label,
                                                value))
                        .render()
                        .config();
        assertThat(config.lines().filter(line -> !line.isEmpty() && !line.startsWith(" ")))
                .isSubsetOf(SECTIONS)
                .doesNotHaveDuplicates();
        String ports = config.substring(config.indexOf("\nfrontend marathon_http_in"));
        assertThat(
                        ports.lines()
                                .filter(line -> line.startsWith(" "))
                                .map(line -> line.strip().split("[ \t]", 2)[0])
                                .collect(Collectors.toSet()))
                .isSubsetOf(DIRECTIVES);
        assertThat(config.codePoints().filter(c -> c != '\n' && Character.isISOControl(c)))
                .isEmpty();
    }

    @Property(tries = 100)
    void noFieldOfTheAppWritesALine(@ForAll("values") String value) throws RefusedException {
        Balancer id = new Balancer().app("/web" + value, 10000, Map.of());
        Balancer group =
                new Balancer().app("/web", 10000, Map.of("HAPROXY_DEPLOYMENT_GROUP", "w" + value));
        Balancer host = new Balancer().app("/web", 10000, Map.of());
        host.last()
                .withArray("tasks")
                .addObject()
                .put("id", "t")
                .put("host", "agent1" + value)
                .putArray("ports")
                .add(1);
        Balancer address = new Balancer().app("/web", 10000, Map.of());
        address.last().putArray("networks").addObject().put("mode", "container");
        address.last()
                .withArray("tasks")
                .addObject()
                .put("id", "t")
                .put("host", "agent1")
                .putArray("ipAddresses")
                .addObject()
                .put("ipAddress", "9.0.0.1" + value);
        Balancer check = new Balancer().app("/web", 10000, Map.of());
        check.last()
                .putArray("healthChecks")
                .addObject()
                .put("protocol", "HTTP")
                .put("portIndex", 0)
                .put("path", "/" + value)
                .put("gracePeriodSeconds", 1)
                .put("intervalSeconds", 1)
                .put("timeoutSeconds", 1)
                .put("maxConsecutiveFailures", 1);
        for (Balancer balancer : new Balancer[] {id, group, host, address, check}) {
            assertThat(balancer.render().config().lines())
                    .noneMatch(line -> line.strip().startsWith("evil"))
                    .noneMatch(line -> line.startsWith("backend evil"));
        }
    }
}
