package io.meridian.lb;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.lb.RefusedException;
import io.meridian.testkit.NeedsPackage;
import io.meridian.testkit.SystemPackage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A real HAProxy checks the rendered text. */
@NeedsPackage(SystemPackage.HAPROXY)
class HaproxyAcceptsTest {
    /** Heads without the Lua files and the certificate of Marathon-LB's container. */
    private static final Map<String, String> HEADS =
            Map.of(
                    "HAPROXY_HEAD",
                    "global\n  # expose-fd listeners\ndefaults\n  timeout connect 3s\n"
                            + "  timeout client 3s\n  timeout server 3s\n",
                    "HAPROXY_HTTPS_FRONTEND_HEAD",
                    "\nfrontend marathon_https_in\n  bind *:443\n  mode http\n");

    @TempDir Path folder = Path.of("");

    @Test
    void haproxyTakesWhatEachLabelWrites() throws Exception {
        Map<String, String> all = new HashMap<>();
        all.put("HAPROXY_0_VHOST", "a.example.com,b.example.com");
        all.put("HAPROXY_0_PATH", "-i /a /b");
        all.put("HAPROXY_0_AUTH", "private area:bob:$5$salt$hash");
        all.put("HAPROXY_0_USE_HSTS", "true");
        all.put("HAPROXY_0_STICKY", "true");
        all.put("HAPROXY_0_BACKEND_NETWORK_ALLOWED_ACL", "10.0.0.0/8 127.0.0.1");
        Map<String, String> rewrites = new HashMap<>();
        rewrites.put("HAPROXY_0_VHOST", "c.example.com");
        rewrites.put("HAPROXY_0_REDIRECT_TO_HTTPS", "true");
        rewrites.put("HAPROXY_0_HTTP_BACKEND_PROXYPASS_PATH", "/test");
        rewrites.put("HAPROXY_0_HTTP_BACKEND_REVPROXY_PATH", "/test");
        rewrites.put("HAPROXY_0_HTTP_BACKEND_REDIR", "/go");
        Balancer balancer =
                new Balancer()
                        .environment(HEADS)
                        .app("/all", 10000, all)
                        .app("/rewrites", 10001, rewrites)
                        .app("/tcp", 10002, Map.of("HAPROXY_0_BALANCE", "leastconn"));
        balancer.last()
                .putArray("healthChecks")
                .addObject()
                .put("protocol", "TCP")
                .put("portIndex", 0)
                .put("gracePeriodSeconds", 30)
                .put("intervalSeconds", 10)
                .put("timeoutSeconds", 5)
                .put("maxConsecutiveFailures", 3);
        assertThat(verdict(balancer)).isEqualTo("0 ");
    }

    @Test
    void haproxyRefusesWhatTheCheckLeavesOut() throws Exception {
        for (Map<String, String> labels :
                List.of(
                        Map.of("HAPROXY_0_BALANCE", "nonsense"),
                        Map.of("HAPROXY_0_MODE", "nonsense"),
                        Map.of("HAPROXY_0_PORT", "65536"),
                        Map.of("HAPROXY_0_MODE", "tcp", "HAPROXY_0_VHOST", "v.example.com"))) {
            Balancer refused = new Balancer().environment(HEADS).app("/web", 10000, labels);
            assertThat(verdict(refused)).as("%s", labels).startsWith("1 ");
            assertThat(verdict(refused.validating())).as("%s", labels).isEqualTo("0 ");
        }
    }

    /** Exit code of {@code haproxy -c}, then its alerts. */
    private String verdict(Balancer balancer)
            throws IOException, InterruptedException, RefusedException {
        Path config = folder.resolve("haproxy.cfg");
        MarathonLb.Result result = balancer.render();
        Files.writeString(config, result.config());
        Process haproxy =
                new ProcessBuilder("haproxy", "-c", "-f", config.toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(haproxy.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String alerts =
                String.join("\n", output.lines().filter(line -> line.contains("[ALERT]")).toList());
        return haproxy.waitFor() + " " + alerts;
    }
}
