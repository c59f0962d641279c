package io.meridian.lb.render;

import io.meridian.domain.lb.RefusedException;
import io.meridian.domain.lb.Route;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one route contributes to the frontends of ports 80 and 443.
 *
 * @param http rules of port 80
 * @param https rules of port 443, where all hosts share one frontend
 * @param httpsByHost rules of port 443 by host, where each host has a frontend of its own
 * @param mapEntries lines of the map from host to backend
 * @param mapRules rules that look a host up in the map and that this route needs
 * @param emitsMapRule true if the texts hold such a rule, because no route before needed it
 */
record Vhost(
        String http,
        String https,
        Map<String, String> httpsByHost,
        List<String> mapEntries,
        Set<TemplateName> mapRules,
        boolean emitsMapRule) {
    private static final Vhost NONE = new Vhost("", "", Map.of(), List.of(), Set.of(), false);

    /**
     * @param emitted map rules that routes before this one have emitted
     */
    static Vhost of(RouteTemplates own, boolean maps, Set<TemplateName> emitted)
            throws RefusedException {
        Route route = own.route();
        if (route.hosts().isEmpty()) {
            return NONE;
        }
        VhostRules rules = new VhostRules(own);
        boolean httpsByMap = maps && !own.hasPath() && !own.hasAuth();
        boolean httpByMap = httpsByMap && !route.redirectsToHttps();
        Set<TemplateName> needed = EnumSet.noneOf(TemplateName.class);
        String http = "";
        if (!httpByMap) {
            http = rules.http();
        } else if (needs(TemplateName.MAP_HTTP_FRONTEND_ACL, needed, emitted)) {
            http =
                    own.text(
                            route.hosts().size() > 1
                                    ? TemplateName.MAP_HTTP_FRONTEND_ACL_ONLY
                                    : TemplateName.MAP_HTTP_FRONTEND_ACL,
                            null,
                            "haproxy_dir");
        }
        if (!httpsByMap) {
            return new Vhost(http, rules.https(), rules.httpsByHost(), List.of(), needed, false);
        }
        String host = route.hosts().getFirst();
        String https = "";
        if (needs(TemplateName.MAP_HTTPS_FRONTEND_ACL, needed, emitted)) {
            https = own.text(TemplateName.MAP_HTTPS_FRONTEND_ACL, host, "haproxy_dir", "hostname");
        }
        return new Vhost(
                http,
                https,
                Map.of(host, https),
                route.hosts().stream().map(each -> each + " " + route.backend()).toList(),
                needed,
                !emitted.containsAll(needed));
    }

    private static boolean needs(
            TemplateName rule, Set<TemplateName> needed, Set<TemplateName> emitted) {
        needed.add(rule);
        return !emitted.contains(rule);
    }
}
