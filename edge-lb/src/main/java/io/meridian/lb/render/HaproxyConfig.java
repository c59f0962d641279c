package io.meridian.lb.render;

import io.meridian.domain.lb.LbRules;
import io.meridian.domain.lb.Problem;
import io.meridian.domain.lb.RefusedException;
import io.meridian.domain.lb.Route;
import io.meridian.domain.lb.Text;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Routes to the text of HAProxy's configuration, in the layout of Marathon-LB (its spec, 1.9 to
 * 1.14). A route whose templates cannot be filled is left out and becomes a problem.
 */
public final class HaproxyConfig {
    private final LbOptions options;
    private final Templates templates;
    private final List<Block> blocks = new ArrayList<>();
    private final Set<String> appsWithRule = new HashSet<>();
    private final Set<TemplateName> emittedMapRules = new HashSet<>();

    private HaproxyConfig(LbOptions options, Templates templates) {
        this.options = options;
        this.templates = templates;
    }

    /**
     * @param config text of {@code haproxy.cfg}
     * @param domains text of {@code domain2backend.map}; empty without maps
     * @param apps text of {@code app2backend.map}; empty without maps
     * @param routes number of routes in the text
     * @param problems routes that are left out because their templates cannot be filled
     */
    public record Rendered(
            String config, String domains, String apps, int routes, List<Problem> problems) {}

    /**
     * @throws RefusedException if a template that belongs to no route cannot be filled
     */
    public static Rendered render(LbOptions options, Templates templates, LbRules.Routes routes)
            throws RefusedException {
        HaproxyConfig config = new HaproxyConfig(options, templates);
        List<Problem> problems = new ArrayList<>();
        for (Route route : routes.served()) {
            try {
                config.add(route, routes.checkPorts(route));
            } catch (RefusedException e) {
                problems.add(
                        Problem.ofPort(route.app(), route.index(), String.valueOf(e.getMessage())));
            }
        }
        return new Rendered(
                config.text(),
                config.map(block -> block.vhost().mapEntries()),
                config.map(Block::appEntries),
                config.blocks.size(),
                problems);
    }

    /**
     * What one route contributes.
     *
     * @param weight place among the vhost rules, larger first
     */
    private record Block(
            Route route,
            BigInteger weight,
            Vhost vhost,
            String appIdRule,
            List<String> appEntries,
            String userlist,
            String frontend,
            String backend) {}

    private void add(Route route, List<Integer> checkPorts) throws RefusedException {
        RouteTemplates own = new RouteTemplates(templates, route, options.directory());
        BackendText sections = new BackendText(own, checkPorts);
        Vhost vhost = Vhost.of(own, options.maps(), emittedMapRules);
        boolean firstHttp = route.isHttp() && !appsWithRule.contains(route.app());
        blocks.add(
                new Block(
                        route,
                        vhost.emitsMapRule() ? BigInteger.ONE.negate() : route.weight(),
                        vhost,
                        firstHttp ? appIdRule(own) : "",
                        firstHttp && options.maps()
                                ? List.of(route.app() + " " + route.backend())
                                : List.of(),
                        sections.userlist(),
                        sections.frontend(),
                        sections.backend()));
        emittedMapRules.addAll(vhost.mapRules());
        if (firstHttp) {
            appsWithRule.add(route.app());
        }
    }

    private String appIdRule(RouteTemplates own) throws RefusedException {
        if (options.maps()) {
            return appsWithRule.isEmpty()
                    ? own.text(TemplateName.MAP_HTTP_FRONTEND_APPID_ACL, null, "haproxy_dir")
                    : "";
        }
        return own.text(
                TemplateName.HTTP_FRONTEND_APPID_ACL,
                own.route().vhosts(),
                "appId",
                "backend",
                "cleanedUpAppId",
                "hostname");
    }

    private String text() throws RefusedException {
        StringBuilder text =
                new StringBuilder(templates.global(TemplateName.HEAD, Map.of()))
                        .append(joined(blocks, Block::userlist));
        List<Block> byWeight =
                blocks.stream()
                        .sorted(Comparator.comparing(Block::weight, Comparator.reverseOrder()))
                        .toList();
        if (options.bindsHttpAndHttps()) {
            text.append(templates.global(TemplateName.HTTP_FRONTEND_HEAD, Map.of()))
                    .append(joined(byWeight, block -> block.vhost().http()));
        }
        text.append(templates.global(TemplateName.HTTP_FRONTEND_APPID_HEAD, Map.of()))
                .append(joined(blocks, Block::appIdRule));
        if (options.bindsHttpAndHttps()) {
            text.append(options.groupsByVhost() ? httpsByVhost(byWeight) : https(byWeight));
        }
        return text.append(joined(blocks, Block::frontend))
                .append(joined(blocks, Block::backend))
                .toString();
    }

    private String https(List<Block> byWeight) throws RefusedException {
        return templates.global(
                        TemplateName.HTTPS_FRONTEND_HEAD,
                        Map.of("sslCerts", certificates(options.certificates())))
                + joined(byWeight, block -> block.vhost().https());
    }

    private static String certificates(Iterable<String> paths) {
        List<String> words = new ArrayList<>();
        paths.forEach(path -> words.add("crt " + path));
        return String.join(" ", words);
    }

    private String httpsByVhost(List<Block> byWeight) throws RefusedException {
        Map<String, List<Block>> vhosts = new TreeMap<>(Text.BY_CODE_POINT);
        for (Block block : byWeight) {
            for (String host : new LinkedHashSet<>(block.route().hosts())) {
                vhosts.computeIfAbsent(host, _ -> new ArrayList<>()).add(block);
            }
        }
        StringBuilder text =
                new StringBuilder(
                        templates.global(TemplateName.HTTPS_GROUPED_FRONTEND_HEAD, Map.of()));
        for (String host : vhosts.keySet()) {
            text.append(
                    templates.global(
                            TemplateName.HTTPS_GROUPED_VHOST_FRONTEND_ACL,
                            Map.of("backend", Text.cleaned(host), "host", host)));
        }
        for (Map.Entry<String, List<Block>> vhost : vhosts.entrySet()) {
            text.append(vhostSections(vhost.getKey(), vhost.getValue()));
        }
        return text.toString();
    }

    private String vhostSections(String host, List<Block> vhost) throws RefusedException {
        String name = Text.cleaned(host);
        Set<String> certificates = sorted(vhost, Route::certificate);
        Map<String, @Nullable Object> variables = new LinkedHashMap<>();
        variables.put("name", name);
        variables.put(
                "sslCerts",
                certificates(certificates.isEmpty() ? options.certificates() : certificates));
        variables.put(
                "bindOpts",
                sorted(vhost, Route::bindOptions).stream()
                        .map(option -> " " + option)
                        .collect(Collectors.joining()));
        return templates.global(TemplateName.HTTPS_GROUPED_VHOST_BACKEND_HEAD, Map.of("name", name))
                + templates.global(TemplateName.HTTPS_GROUPED_VHOST_FRONTEND_HEAD, variables)
                + joined(vhost, block -> block.vhost().httpsByHost().getOrDefault(host, ""));
    }

    private static Set<String> sorted(List<Block> blocks, Function<Route, String> text) {
        Set<String> sorted = new TreeSet<>(Text.BY_CODE_POINT);
        blocks.forEach(block -> sorted.add(text.apply(block.route())));
        sorted.remove("");
        return sorted;
    }

    private static String joined(List<Block> blocks, Function<Block, String> part) {
        return blocks.stream().map(part).collect(Collectors.joining());
    }

    private String map(Function<Block, List<String>> entries) {
        return blocks.stream()
                .flatMap(block -> entries.apply(block).stream())
                .distinct()
                .map(entry -> entry + "\n")
                .collect(Collectors.joining());
    }
}
