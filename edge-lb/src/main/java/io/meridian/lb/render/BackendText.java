package io.meridian.lb.render;

import static io.meridian.lb.render.TemplateName.BACKEND_HEAD;
import static io.meridian.lb.render.TemplateName.BACKEND_HSTS_OPTIONS;
import static io.meridian.lb.render.TemplateName.BACKEND_HTTP_HEALTHCHECK_OPTIONS;
import static io.meridian.lb.render.TemplateName.BACKEND_HTTP_OPTIONS;
import static io.meridian.lb.render.TemplateName.BACKEND_SERVER_HTTP_HEALTHCHECK_OPTIONS;
import static io.meridian.lb.render.TemplateName.BACKEND_SERVER_OPTIONS;
import static io.meridian.lb.render.TemplateName.BACKEND_SERVER_TCP_HEALTHCHECK_OPTIONS;
import static io.meridian.lb.render.TemplateName.BACKEND_STICKY_OPTIONS;
import static io.meridian.lb.render.TemplateName.BACKEND_TCP_HEALTHCHECK_OPTIONS;
import static io.meridian.lb.render.TemplateName.FRONTEND_BACKEND_GLUE;
import static io.meridian.lb.render.TemplateName.FRONTEND_HEAD;
import static io.meridian.lb.render.TemplateName.HTTP_BACKEND_ACL_ALLOW_DENY;
import static io.meridian.lb.render.TemplateName.HTTP_BACKEND_NETWORK_ALLOWED_ACL;
import static io.meridian.lb.render.TemplateName.HTTP_BACKEND_PROXYPASS_GLUE;
import static io.meridian.lb.render.TemplateName.HTTP_BACKEND_REDIR;
import static io.meridian.lb.render.TemplateName.HTTP_BACKEND_REVPROXY_GLUE;
import static io.meridian.lb.render.TemplateName.TCP_BACKEND_ACL_ALLOW_DENY;
import static io.meridian.lb.render.TemplateName.TCP_BACKEND_NETWORK_ALLOWED_ACL;
import static io.meridian.lb.render.TemplateName.USERLIST_HEAD;

import io.meridian.domain.lb.HealthCheck;
import io.meridian.domain.lb.LabelValues;
import io.meridian.domain.lb.RefusedException;
import io.meridian.domain.lb.Route;
import io.meridian.domain.lb.Server;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The sections of one service port: userlist, frontend and backend. */
final class BackendText {
    private final RouteTemplates templates;
    private final Route route;
    private final List<Integer> checkPorts;

    /**
     * @param checkPorts ports that HAProxy checks, one for each server
     */
    BackendText(RouteTemplates templates, List<Integer> checkPorts) {
        this.templates = templates;
        this.route = templates.route();
        this.checkPorts = checkPorts;
    }

    String userlist() throws RefusedException {
        LabelValues.Auth auth = route.auth();
        if (auth == null || auth.user().isEmpty()) {
            return "";
        }
        return templates.text(
                USERLIST_HEAD,
                Map.of("backend", route.backend(), "user", auth.user(), "passwd", auth.password()));
    }

    String frontend() throws RefusedException {
        return templates.text(
                        FRONTEND_HEAD,
                        Map.of(
                                "backend", route.backend(),
                                "bindAddr", route.bindAddress(),
                                "servicePort", route.port(),
                                "mode", route.mode(),
                                "sslCert", prefixed(" ssl crt ", route.certificate()),
                                "bindOptions", prefixed(" ", route.bindOptions())))
                + templates.text(FRONTEND_BACKEND_GLUE, Map.of("backend", route.backend()));
    }

    private static String prefixed(String prefix, String text) {
        return text.isEmpty() ? "" : prefix + text;
    }

    String backend() throws RefusedException {
        StringBuilder text =
                new StringBuilder(
                        templates.text(
                                BACKEND_HEAD,
                                Map.of(
                                        "backend", route.backend(),
                                        "balance", route.balance(),
                                        "mode", route.mode())));
        if (route.isHttp()) {
            text.append(httpOptions());
        }
        text.append(networks());
        if (route.sticky()) {
            text.append(templates.text(BACKEND_STICKY_OPTIONS, Map.of()));
        }
        HealthCheck check = route.check();
        TemplateName checkOptions =
                family(check, BACKEND_TCP_HEALTHCHECK_OPTIONS, BACKEND_HTTP_HEALTHCHECK_OPTIONS);
        if (check != null && checkOptions != null) {
            text.append(templates.text(checkOptions, checkVariables(check, 0)));
        }
        return text.append(servers()).toString();
    }

    private String httpOptions() throws RefusedException {
        StringBuilder text = new StringBuilder();
        if (route.hsts()) {
            text.append(templates.text(BACKEND_HSTS_OPTIONS, Map.of()));
        }
        text.append(templates.text(BACKEND_HTTP_OPTIONS, Map.of()));
        text.append(rewrite(HTTP_BACKEND_PROXYPASS_GLUE, "proxypath", route.proxyPath()));
        text.append(rewrite(HTTP_BACKEND_REVPROXY_GLUE, "rootpath", route.reverseProxyPath()));
        text.append(rewrite(HTTP_BACKEND_REDIR, "redirpath", route.redirectPath()));
        return text.toString();
    }

    private String rewrite(TemplateName template, String variable, String path)
            throws RefusedException {
        if (path.isEmpty()) {
            return "";
        }
        Map<String, @Nullable Object> variables = new HashMap<>();
        variables.put("hostname", route.vhosts());
        variables.put(variable, path);
        return templates.text(template, variables);
    }

    private String networks() throws RefusedException {
        List<String> networks = route.allowedNetworks();
        if (networks == null || !route.isHttp() && !route.mode().equals("tcp")) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (String network : networks) {
            text.append(
                    templates.text(
                            route.isHttp()
                                    ? HTTP_BACKEND_NETWORK_ALLOWED_ACL
                                    : TCP_BACKEND_NETWORK_ALLOWED_ACL,
                            Map.of("network_allowed", network)));
        }
        return text.append(
                        templates.text(
                                route.isHttp()
                                        ? HTTP_BACKEND_ACL_ALLOW_DENY
                                        : TCP_BACKEND_ACL_ALLOW_DENY,
                                Map.of()))
                .toString();
    }

    /** The TCP or HTTP variant of a template; null if HAProxy does not check the route. */
    private @Nullable TemplateName family(
            @Nullable HealthCheck check, TemplateName tcp, TemplateName http) {
        if (check == null) {
            return null;
        }
        if (route.mode().equals("tcp") || check.speaksTcp()) {
            return tcp;
        }
        return route.isHttp() ? http : null;
    }

    private Map<String, @Nullable Object> checkVariables(HealthCheck check, int server)
            throws RefusedException {
        Number failures = check.number("maxConsecutiveFailures");
        Object falls =
                failures instanceof BigInteger whole
                        ? whole.add(BigInteger.ONE)
                        : (Object) (failures.doubleValue() + 1);
        boolean named = check.port() != null || route.checkIndex() != null;
        Object port =
                route.checkIndex() == null && check.port() != null
                        ? check.port()
                        : BigInteger.valueOf(checkPorts.get(server));
        Map<String, @Nullable Object> variables = new HashMap<>();
        variables.put("healthCheck", check.fields());
        variables.put("healthCheckProtocol", check.fields().get("protocol"));
        variables.put("healthCheckPath", check.path());
        variables.put("healthCheckPort", port);
        variables.put("healthCheckPortIndex", check.portIndex());
        variables.put("healthCheckPortOptions", named ? " port " + port : "");
        variables.put("healthCheckFalls", falls);
        variables.put("healthCheckMaxConsecutiveFailures", failures);
        for (String seconds : List.of("gracePeriod", "interval", "timeout")) {
            String capital = seconds.substring(0, 1).toUpperCase(Locale.ROOT);
            variables.put(
                    "healthCheck" + capital + seconds.substring(1) + "Seconds",
                    check.number(seconds + "Seconds"));
        }
        return variables;
    }

    private String servers() throws RefusedException {
        StringBuilder text = new StringBuilder();
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < route.servers().size(); i++) {
            Server server = route.servers().get(i);
            String name = server.name();
            text.append(
                    templates.text(
                            BACKEND_SERVER_OPTIONS,
                            Map.of(
                                    "serverName", name,
                                    "serverId", Server.id(name, taken),
                                    "host", server.host(),
                                    "host_ipv4", server.address(),
                                    "port", server.port(),
                                    "cookieOptions",
                                            route.sticky()
                                                    ? " check cookie " + Server.cookie(name)
                                                    : "",
                                    "healthCheckOptions", serverCheck(i),
                                    "otherOptions", server.draining() ? " disabled" : "")));
        }
        return text.toString();
    }

    private String serverCheck(int server) throws RefusedException {
        HealthCheck check = route.check();
        TemplateName template =
                family(
                        check,
                        BACKEND_SERVER_TCP_HEALTHCHECK_OPTIONS,
                        BACKEND_SERVER_HTTP_HEALTHCHECK_OPTIONS);
        if (check == null || template == null) {
            return "";
        }
        return prefixed(" ", templates.text(template, checkVariables(check, server)).strip());
    }
}
