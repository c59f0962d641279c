package io.meridian.lb.render;

import static io.meridian.lb.render.TemplateName.BACKEND_REDIRECT_HTTP_TO_HTTPS;
import static io.meridian.lb.render.TemplateName.BACKEND_REDIRECT_HTTP_TO_HTTPS_WITH_PATH;
import static io.meridian.lb.render.TemplateName.HTTPS_FRONTEND_ACL;
import static io.meridian.lb.render.TemplateName.HTTPS_FRONTEND_ACL_ONLY_WITH_PATH;
import static io.meridian.lb.render.TemplateName.HTTPS_FRONTEND_ACL_WITH_AUTH;
import static io.meridian.lb.render.TemplateName.HTTPS_FRONTEND_ACL_WITH_AUTH_AND_PATH;
import static io.meridian.lb.render.TemplateName.HTTPS_FRONTEND_ACL_WITH_PATH;
import static io.meridian.lb.render.TemplateName.HTTP_FRONTEND_ACL;
import static io.meridian.lb.render.TemplateName.HTTP_FRONTEND_ACL_ONLY;
import static io.meridian.lb.render.TemplateName.HTTP_FRONTEND_ACL_ONLY_WITH_PATH;
import static io.meridian.lb.render.TemplateName.HTTP_FRONTEND_ACL_ONLY_WITH_PATH_AND_AUTH;
import static io.meridian.lb.render.TemplateName.HTTP_FRONTEND_ACL_WITH_AUTH;
import static io.meridian.lb.render.TemplateName.HTTP_FRONTEND_ACL_WITH_AUTH_AND_PATH;
import static io.meridian.lb.render.TemplateName.HTTP_FRONTEND_ACL_WITH_PATH;
import static io.meridian.lb.render.TemplateName.HTTP_FRONTEND_ROUTING_ONLY;
import static io.meridian.lb.render.TemplateName.HTTP_FRONTEND_ROUTING_ONLY_WITH_AUTH;
import static io.meridian.lb.render.TemplateName.HTTP_FRONTEND_ROUTING_ONLY_WITH_PATH;
import static io.meridian.lb.render.TemplateName.HTTP_FRONTEND_ROUTING_ONLY_WITH_PATH_AND_AUTH;

import io.meridian.domain.lb.RefusedException;
import io.meridian.domain.lb.Route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rules in the frontends of ports 80 and 443 that lead a vhost to its backend, without maps. */
final class VhostRules {
    private final RouteTemplates route;
    private final Route facts;

    VhostRules(RouteTemplates route) {
        this.route = route;
        this.facts = route.route();
    }

    /** Rules for port 80. */
    String http() throws RefusedException {
        return route.hosts().size() > 1 ? httpOfSeveral() : httpOfOne(route.hosts().getFirst());
    }

    private String httpOfOne(String host) throws RefusedException {
        if (facts.redirectsToHttps()) {
            if (!route.hasPath()) {
                return route.text(
                                HTTP_FRONTEND_ACL, host, "backend", "cleanedUpHostname", "hostname")
                        + redirect();
            }
            return route.text(HTTP_FRONTEND_ACL_ONLY, host, "cleanedUpHostname", "hostname")
                    + route.text(
                            HTTP_FRONTEND_ACL_ONLY_WITH_PATH,
                            host,
                            "backend",
                            "cleanedUpHostname",
                            "hostname",
                            "path")
                    + redirect();
        }
        TemplateName template =
                choose(
                        HTTP_FRONTEND_ACL,
                        HTTP_FRONTEND_ACL_WITH_AUTH,
                        HTTP_FRONTEND_ACL_WITH_PATH,
                        HTTP_FRONTEND_ACL_WITH_AUTH_AND_PATH);
        return route.text(
                template,
                host,
                withPathAndRealm("appId", "backend", "cleanedUpHostname", "hostname"));
    }

    private String httpOfSeveral() throws RefusedException {
        StringBuilder rules = new StringBuilder();
        String first = route.hosts().getFirst();
        if (route.hasPath()) {
            rules.append(
                    route.hasAuth()
                            ? route.text(
                                    HTTP_FRONTEND_ACL_ONLY_WITH_PATH_AND_AUTH,
                                    first,
                                    "backend",
                                    "cleanedUpHostname",
                                    "hostname",
                                    "path",
                                    "realm")
                            : route.text(
                                    HTTP_FRONTEND_ACL_ONLY_WITH_PATH, first, "backend", "path"));
        }
        for (String host : route.hosts()) {
            rules.append(route.text(HTTP_FRONTEND_ACL_ONLY, host, "cleanedUpHostname", "hostname"));
        }
        if (facts.redirectsToHttps()) {
            return rules.append(redirect()).toString();
        }
        TemplateName template =
                choose(
                        HTTP_FRONTEND_ROUTING_ONLY,
                        HTTP_FRONTEND_ROUTING_ONLY_WITH_AUTH,
                        HTTP_FRONTEND_ROUTING_ONLY_WITH_PATH,
                        HTTP_FRONTEND_ROUTING_ONLY_WITH_PATH_AND_AUTH);
        String[] variables =
                route.hasAuth()
                        ? new String[] {"backend", "cleanedUpHostname", "realm"}
                        : new String[] {"backend", "cleanedUpHostname"};
        return rules.append(route.text(template, first, variables)).toString();
    }

    private String redirect() throws RefusedException {
        return route.hasPath()
                ? route.text(
                        BACKEND_REDIRECT_HTTP_TO_HTTPS_WITH_PATH,
                        null,
                        "backend",
                        "bindAddr",
                        "cleanedUpHostname")
                : route.text(BACKEND_REDIRECT_HTTP_TO_HTTPS, null, "bindAddr", "cleanedUpHostname");
    }

    /** Rules for port 443, where all hosts share one frontend. */
    String https() throws RefusedException {
        StringBuilder rules = new StringBuilder(httpsPath(route.hosts().getFirst()));
        for (String host : route.hosts()) {
            rules.append(httpsHost(host));
        }
        return rules.toString();
    }

    /** Rules for port 443 where each host has a frontend of its own. */
    Map<String, String> httpsByHost() throws RefusedException {
        Map<String, String> rules = new LinkedHashMap<>();
        for (String host : route.hosts()) {
            rules.merge(host, httpsPath(host) + httpsHost(host), String::concat);
        }
        return rules;
    }

    private String httpsPath(String host) throws RefusedException {
        if (!route.hasPath()) {
            return "";
        }
        List<String> hosts = route.hosts();
        return hosts.size() > 1 && route.hasAuth()
                ? route.text(
                        HTTPS_FRONTEND_ACL_ONLY_WITH_PATH,
                        host,
                        "backend",
                        "cleanedUpHostname",
                        "hostname",
                        "path",
                        "realm")
                : route.text(HTTPS_FRONTEND_ACL_ONLY_WITH_PATH, host, "backend", "path");
    }

    private String httpsHost(String host) throws RefusedException {
        TemplateName template =
                choose(
                        HTTPS_FRONTEND_ACL,
                        HTTPS_FRONTEND_ACL_WITH_AUTH,
                        HTTPS_FRONTEND_ACL_WITH_PATH,
                        HTTPS_FRONTEND_ACL_WITH_AUTH_AND_PATH);
        if (!route.hasAuth()) {
            return route.text(template, host, "appId", "backend", "cleanedUpHostname", "hostname");
        }
        return route.hasPath() && route.hosts().size() == 1
                ? route.text(
                        template,
                        host,
                        "appId",
                        "backend",
                        "cleanedUpHostname",
                        "hostname",
                        "path",
                        "realm")
                : route.text(
                        template,
                        host,
                        "appId",
                        "backend",
                        "cleanedUpHostname",
                        "hostname",
                        "realm");
    }

    private TemplateName choose(
            TemplateName plain, TemplateName auth, TemplateName path, TemplateName pathAndAuth) {
        if (route.hasPath()) {
            return route.hasAuth() ? pathAndAuth : path;
        }
        return route.hasAuth() ? auth : plain;
    }

    private String[] withPathAndRealm(String... names) {
        List<String> all = new ArrayList<>(List.of(names));
        if (route.hasPath()) {
            all.add("path");
        }
        if (route.hasAuth()) {
            all.add("realm");
        }
        return all.toArray(String[]::new);
    }
}
