package io.meridian.lb;

import io.meridian.domain.lb.LbApp;
import io.meridian.domain.lb.Problem;
import io.meridian.domain.lb.Route;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Leaves out routes that HAProxy is known to refuse, each of which would cost the whole file. Of
 * two routes with one name, the app that Marathon lists later loses.
 */
final class RouteConflicts {
    private static final Set<String> BALANCE =
            Set.of(
                    "roundrobin",
                    "static-rr",
                    "leastconn",
                    "first",
                    "source",
                    "uri",
                    "url_param",
                    "hdr",
                    "hash",
                    "random",
                    "rdp-cookie");
    private static final BigInteger HIGHEST_PORT = BigInteger.valueOf(65535);

    private RouteConflicts() {}

    /**
     * The routes that HAProxy takes, in their order.
     *
     * @param order apps in the order of Marathon's answer
     * @param problems gets one problem for each route that is left out
     */
    static List<Route> without(List<Route> routes, List<LbApp> order, List<Problem> problems) {
        Map<String, Integer> places = new HashMap<>();
        for (LbApp app : order) {
            places.putIfAbsent(app.id(), places.size());
        }
        List<Route> byPlace = new ArrayList<>(routes);
        byPlace.sort(
                Comparator.comparing(route -> places.getOrDefault(route.app(), places.size())));
        Set<String> names = new HashSet<>();
        Set<Route> refused = new HashSet<>();
        for (Route route : byPlace) {
            String reason = reason(route, names);
            if (reason != null) {
                refused.add(route);
                problems.add(Problem.ofPort(route.app(), route.index(), reason));
            }
        }
        return routes.stream().filter(route -> !refused.contains(route)).toList();
    }

    /** Reason for leaving the route out; null = HAProxy takes it. */
    private static @Nullable String reason(Route route, Set<String> names) {
        if (route.port().signum() < 0 || route.port().compareTo(HIGHEST_PORT) > 0) {
            return "service port " + route.port() + " is outside 0 to 65535";
        }
        if (!route.mode().equals("http") && !route.mode().equals("tcp")) {
            return "MODE=" + route.mode() + " is neither http nor tcp";
        }
        if (!route.isHttp() && !route.hosts().isEmpty()) {
            return "VHOST=" + route.vhosts() + " needs MODE=http, and MODE is " + route.mode();
        }
        String algorithm = route.balance().strip().split("[\\s(]", 2)[0];
        if (!BALANCE.contains(algorithm)) {
            return "BALANCE=" + route.balance() + " is no algorithm of HAProxy";
        }
        if (!names.add(route.backend())) {
            return "an app that Marathon lists before has the backend name " + route.backend();
        }
        return null;
    }
}
