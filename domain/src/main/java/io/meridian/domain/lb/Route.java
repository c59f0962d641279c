package io.meridian.domain.lb;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.List;

/**
 * One service port of an app: its frontend, its backend and the rules that lead to it.
 *
 * @param app app id, or the deployment group with a leading slash
 * @param index index of the port in the app's service ports
 * @param port service port, after the label {@code PORT}; any integer
 * @param labels the port's labels, for template overrides
 * @param bindAddress address that the frontend binds; {@code *} = all
 * @param bindOptions further words of the bind line; empty = none
 * @param certificate certificate of the bind line; empty = no TLS on the service port
 * @param mode {@code http}, {@code tcp}, or what the label says
 * @param balance load-balancing algorithm
 * @param vhosts host names, in lower case, separated by commas; null or empty = no vhost
 * @param path text after {@code path_beg}; empty = all paths
 * @param weight order of vhost rules: larger first
 * @param allowedNetworks source networks that may connect; null = all, empty = a rule without
 *     networks
 * @param checkIndex position of the sibling whose ports HAProxy checks; null = the own ones
 * @param check Marathon's check that HAProxy repeats; null = none
 * @param servers servers in the order of {@link Server#ORDER}
 */
public record Route(
        String app,
        int index,
        BigInteger port,
        PortLabels labels,
        List<String> groups,
        boolean enabled,
        String bindAddress,
        String bindOptions,
        String certificate,
        String mode,
        String balance,
        @Nullable String vhosts,
        String path,
        BigInteger weight,
        boolean sticky,
        boolean redirectsToHttps,
        boolean hsts,
        LabelValues.@Nullable Auth auth,
        @Nullable List<String> allowedNetworks,
        String proxyPath,
        String reverseProxyPath,
        String redirectPath,
        @Nullable BigInteger checkIndex,
        @Nullable HealthCheck check,
        List<Server> servers) {
    /**
     * Reads a port's labels.
     *
     * @param enabledByDefault false in strict mode, where a port needs the label {@code ENABLED}
     * @throws RefusedException if a label cannot be read
     */
    static Route of(LbApp app, int index, int servicePort, boolean enabledByDefault)
            throws RefusedException {
        PortLabels labels = new PortLabels(app.labels(), index);
        BigInteger labelledPort = labels.integer("PORT");
        BigInteger checkIndex = labels.integer("BACKEND_HEALTHCHECK_PORT_INDEX");
        HealthCheck own = HealthCheck.choose(app.healthChecks(), BigInteger.valueOf(index));
        HealthCheck check =
                own == null && checkIndex != null
                        ? HealthCheck.choose(app.healthChecks(), checkIndex)
                        : own;
        String vhosts = labels.optional("VHOST");
        return new Route(
                Text.oneLine("app id", app.id()),
                index,
                labelledPort == null ? BigInteger.valueOf(servicePort) : labelledPort,
                labels,
                labels.groups(),
                labels.enabled(enabledByDefault),
                labels.text("BIND_ADDR", "*"),
                labels.text("BIND_OPTIONS", ""),
                labels.text("SSL_CERT", ""),
                mode(labels, own, check, vhosts),
                labels.text("BALANCE", "roundrobin"),
                vhosts == null ? null : Text.lower(vhosts),
                labels.text("PATH", ""),
                labels.weight(),
                labels.flag("STICKY"),
                labels.flag("REDIRECT_TO_HTTPS"),
                labels.flag("USE_HSTS"),
                labels.auth(),
                networks(labels),
                labels.text("HTTP_BACKEND_PROXYPASS_PATH", ""),
                labels.text("HTTP_BACKEND_REVPROXY_PATH", ""),
                labels.text("HTTP_BACKEND_REDIR", ""),
                checkIndex,
                check,
                List.of());
    }

    /**
     * A borrowed HTTP check beats the label, the label beats the port's own HTTP check, and a vhost
     * decides if neither is there.
     */
    private static String mode(
            PortLabels labels,
            @Nullable HealthCheck own,
            @Nullable HealthCheck check,
            @Nullable String vhosts)
            throws RefusedException {
        if (own == null && check != null && check.speaksHttp()) {
            return "http";
        }
        String label = labels.optional("MODE");
        if (label != null) {
            return Text.lower(label);
        }
        boolean http = own != null && own.protocol().equals("HTTP");
        return http || vhosts != null && !vhosts.isEmpty() ? "http" : "tcp";
    }

    private static @Nullable List<String> networks(PortLabels labels) throws RefusedException {
        String text = labels.text("BACKEND_NETWORK_ALLOWED_ACL", "");
        return text.isEmpty() ? null : LabelValues.words(text);
    }

    Route with(List<Server> newServers) {
        return new Route(
                app,
                index,
                port,
                labels,
                groups,
                enabled,
                bindAddress,
                bindOptions,
                certificate,
                mode,
                balance,
                vhosts,
                path,
                weight,
                sticky,
                redirectsToHttps,
                hsts,
                auth,
                allowedNetworks,
                proxyPath,
                reverseProxyPath,
                redirectPath,
                checkIndex,
                check,
                newServers);
    }

    /** Name of the frontend and of the backend. */
    public String backend() {
        return Names.backend(app, port);
    }

    /** True if the route speaks HTTP. */
    public boolean isHttp() {
        return mode.equals("http");
    }

    /** Host names of the route; none without a vhost. An element may be empty. */
    public List<String> hosts() {
        return vhosts == null || vhosts.isEmpty() ? List.of() : LabelValues.list(vhosts);
    }

    /** Common part of the names of the route's ACLs; empty without a vhost. */
    public String aclName() {
        List<String> hosts = hosts();
        return hosts.isEmpty() ? "" : Names.acl(hosts.getFirst(), app);
    }

    /** Realm of basic authentication; empty = no challenge. */
    public String realm() {
        return auth == null ? "" : auth.realm();
    }
}
