package io.meridian.lb;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.lb.Problem;
import io.meridian.domain.lb.RefusedException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What each label of a port adds to the configuration, and what a bad one costs. */
class LabelsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    PORT | 12000 | frontend web_12000
                    BIND_ADDR | 10.0.0.8 | '  bind 10.0.0.8:10000'
                    BIND_OPTIONS | maxconn 5 | '  bind *:10000 maxconn 5'
                    SSL_CERT | /a.pem | '  bind *:10000 ssl crt /a.pem'
                    MODE | HTTP | '  mode http'
                    BALANCE | leastconn | '  balance leastconn'
                    VHOST | A.Example.com | '  acl host_a_example_com_web hdr(host) -i a.example.com'
                    VHOST | a.example.com | '  use_backend web_10000 if { ssl_fc_sni a.example.com }'
                    STICKY | yes | '  cookie mesosphere_server_id insert indirect nocache'
                    AUTH | r:bob:x | userlist user_web_10000
                    BACKEND_NETWORK_ALLOWED_ACL | 10.0.0.0/8 9.9.9.9 | '  acl network_allowed src 9.9.9.9'
                    FRONTEND_BACKEND_GLUE | '  default_backend {backend}' | '  default_backend web_10000'
                    """)
    void aLabelOfThePortWritesItsLine(String label, String value, String line)
            throws RefusedException {
        MarathonLb.Result result =
                new Balancer().app("/web", 10000, Map.of("HAPROXY_0_" + label, value)).render();
        assertThat(result.problems()).isEmpty();
        assertThat(result.config().lines()).contains(line);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    PATH | /api | '  acl path_web_10000 path_beg /api'
                    REDIRECT_TO_HTTPS | true | '  redirect scheme https code 301 if !{ ssl_fc } host_w_example_com_web'
                    USE_HSTS | t | '  http-response add-header Strict-Transport-Security max-age=15768000'
                    AUTH | r:bob:x | '  acl auth_w_example_com_web http_auth(user_web_10000)'
                    HTTP_BACKEND_PROXYPASS_PATH | /a | '  http-request replace-pathq ^/a/?(.*) /\\1'
                    HTTP_BACKEND_REVPROXY_PATH | /b | '  http-response replace-header Location (?i)^(https?://w.example.com(:[0-9]+)?)?(/.*) /b'
                    HTTP_BACKEND_REDIR | /c | '  redirect code 301 location /c if is_domain is_root'
                    """)
    void aLabelOfTheVhostWritesItsLine(String label, String value, String line)
            throws RefusedException {
        MarathonLb.Result result =
                new Balancer()
                        .app(
                                "/web",
                                10000,
                                Map.of(
                                        "HAPROXY_0_VHOST",
                                        "w.example.com",
                                        "HAPROXY_0_" + label,
                                        value))
                        .render();
        assertThat(result.problems()).isEmpty();
        assertThat(result.config().lines()).contains(line.replace("\\\\", "\\"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    PORT | http | is not an integer
                    BACKEND_WEIGHT | high | is not an integer
                    BACKEND_HEALTHCHECK_PORT_INDEX | one | is not an integer
                    AUTH | a:b:c:d | has 4 parts
                    BACKEND_HEAD | {nope} | {nope} is unknown here
                    FRONTEND_HEAD | {} | has no variable name
                    """)
    void aBadLabelCostsItsOwnPortOnlyAndSaysWhy(String label, String value, String reason)
            throws RefusedException {
        MarathonLb.Result result =
                new Balancer()
                        .app("/bad", 10000, Map.of("HAPROXY_0_" + label, value))
                        .app("/good", 10001, Map.of())
                        .render();
        assertThat(result.config()).contains("backend good_10001").doesNotContain("bad_10000");
        assertThat(result.problems()).hasSize(1);
        assertThat(result.problems().getFirst().part()).isEqualTo("port 0");
        assertThat(result.problems().getFirst().reason()).contains(reason);
    }

    @Test
    void aPortOfAnotherGroupIsNeitherServedNorReported() throws RefusedException {
        MarathonLb.Result result =
                new Balancer()
                        .app(
                                "/web",
                                10000,
                                Map.of("HAPROXY_0_GROUP", "internal", "HAPROXY_0_PORT", "x"))
                        .render();
        assertThat(result.problems()).isEmpty();
        assertThat(result.config()).doesNotContain("web_10000");
    }

    @Test
    void inStrictModeAPortNeedsTheLabelEnabled() throws RefusedException {
        MarathonLb.Result result =
                new Balancer()
                        .strict()
                        .app("/a", 10000, Map.of())
                        .app("/b", 10001, Map.of("HAPROXY_0_ENABLED", "true"))
                        .render();
        assertThat(result.config()).contains("backend b_10001").doesNotContain("a_10000");
    }

    @Test
    void rulesOfLargerWeightComeFirstAndThoseOfAPathBeforeThoseWithout() throws RefusedException {
        String config =
                new Balancer()
                        .app("/a", 10000, Map.of("HAPROXY_0_VHOST", "a"))
                        .app("/b", 10001, Map.of("HAPROXY_0_VHOST", "b", "HAPROXY_0_PATH", "/b"))
                        .app(
                                "/c",
                                10002,
                                Map.of("HAPROXY_0_VHOST", "c", "HAPROXY_0_BACKEND_WEIGHT", "9"))
                        .render()
                        .config();
        assertThat(config.lines().filter(line -> line.contains("ssl_fc_sni")))
                .containsExactly(
                        "  use_backend c_10002 if { ssl_fc_sni c }",
                        "  use_backend b_10001 if { ssl_fc_sni b } path_b_10001",
                        "  use_backend a_10000 if { ssl_fc_sni a }");
    }

    @Test
    void mapModeListsEachHostAndLooksItUpOnce() throws RefusedException {
        MarathonLb.Result result =
                new Balancer()
                        .withMaps()
                        .app("/a", 10000, Map.of("HAPROXY_0_VHOST", "a.example,b.example"))
                        .app("/b", 10001, Map.of("HAPROXY_0_VHOST", "c.example"))
                        .render();
        assertThat(result.domains())
                .isEqualTo("a.example a_10000\nb.example a_10000\nc.example b_10001\n");
        assertThat(result.apps()).isEqualTo("/a a_10000\n/b b_10001\n");
        assertThat(result.config().lines().filter(line -> line.contains("domain2backend")))
                .hasSize(2);
    }

    @Test
    void aPairDrainsAsManyOldTasksAsNewOnesServe() throws RefusedException {
        Map<String, String> labels = new HashMap<>(Map.of("HAPROXY_DEPLOYMENT_GROUP", "pair"));
        labels.put("HAPROXY_DEPLOYMENT_STARTED_AT", "2026-01-01");
        Balancer balancer = new Balancer().app("/blue", 10000, labels);
        labels.put("HAPROXY_DEPLOYMENT_STARTED_AT", "2026-01-02T00:00:00+02:00");
        String config = balancer.app("/green", 10000, labels).render().config();
        assertThat(config.lines().filter(line -> line.startsWith("  server ")))
                .hasSize(2)
                .filteredOn(line -> line.endsWith(" disabled"))
                .hasSize(1);
    }

    @Test
    void whatHaproxyIsKnownToRefuseCostsItsOwnPort() throws RefusedException {
        MarathonLb.Result result =
                new Balancer()
                        .validating()
                        .app("/balance", 10000, Map.of("HAPROXY_0_BALANCE", "nonsense"))
                        .app("/mode", 10001, Map.of("HAPROXY_0_MODE", "health"))
                        .app(
                                "/vhost",
                                10002,
                                Map.of("HAPROXY_0_MODE", "tcp", "HAPROXY_0_VHOST", "v"))
                        .app("/port", 10003, Map.of("HAPROXY_0_PORT", "65536"))
                        .app("/x/y", 10004, Map.of())
                        .app("/x_y", 10004, Map.of())
                        .render();
        assertThat(result.problems().stream().map(Problem::app))
                .isEqualTo(List.of("/balance", "/mode", "/vhost", "/port", "/x_y"));
        assertThat(result.config()).containsOnlyOnce("\nbackend x_y_10004\n");
        assertThat(result.nothingLeft()).isFalse();
    }

    @Test
    void ifNoPortIsLeftTheFilesOfBeforeShouldStay() throws RefusedException {
        MarathonLb.Result result =
                new Balancer()
                        .validating()
                        .app("/web", 10000, Map.of("HAPROXY_0_BALANCE", "nonsense"))
                        .render();
        assertThat(result.nothingLeft()).isTrue();
        assertThat(new Balancer().validating().render().nothingLeft()).isFalse();
    }

    @Test
    void anAppOrTaskThatCannotBeReadIsLeftOutAndReported() throws RefusedException {
        Balancer balancer = new Balancer().app("/no-labels", 10000, Map.of());
        balancer.last().remove("labels");
        balancer.app("/no-tasks", 10001, Map.of()).last().remove("tasks");
        balancer.app("/no-host", 10002, Map.of())
                .last()
                .withArray("tasks")
                .addObject()
                .put("id", "t2");
        MarathonLb.Result result = balancer.render();
        assertThat(result.problems().stream().map(problem -> problem.app() + " " + problem.part()))
                .containsExactly("/no-labels app", "/no-tasks app", "/no-host task t2");
        assertThat(result.config()).contains("backend no-host_10002");
    }
}
