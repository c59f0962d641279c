package io.meridian.lb.render;

import io.meridian.domain.lb.RefusedException;
import io.meridian.domain.lb.Route;
import io.meridian.domain.lb.Text;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Templates with the variables of one route.
 *
 * @param directory directory of the map files, as HAProxy sees it
 */
record RouteTemplates(Templates templates, Route route, String directory) {
    /**
     * Text of the template.
     *
     * @param host host name in question; null where no single host is meant
     * @param names variables that Marathon-LB passes to the template there
     */
    String text(TemplateName name, @Nullable String host, String... names) throws RefusedException {
        Map<String, @Nullable Object> variables = new HashMap<>();
        for (String variable : names) {
            variables.put(variable, value(variable, host));
        }
        return templates.of(name, route.labels(), variables);
    }

    /** Text of the template with other variables than those of vhosts. */
    String text(TemplateName name, Map<String, @Nullable Object> variables)
            throws RefusedException {
        return templates.of(name, route.labels(), variables);
    }

    private @Nullable Object value(String variable, @Nullable String host) {
        return switch (variable) {
            case "appId" -> route.app();
            case "backend" -> route.backend();
            case "bindAddr" -> route.bindAddress();
            case "cleanedUpAppId" -> Text.cleaned(route.app());
            case "cleanedUpHostname" -> route.aclName();
            case "haproxy_dir" -> directory;
            case "hostname" -> host;
            case "path" -> route.path();
            case "realm" -> route.realm();
            default -> throw new IllegalArgumentException(variable);
        };
    }

    List<String> hosts() {
        return route.hosts();
    }

    boolean hasPath() {
        return !route.path().isEmpty();
    }

    boolean hasAuth() {
        return !route.realm().isEmpty();
    }
}
