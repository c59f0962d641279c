package io.meridian.lb;

import io.meridian.domain.lb.LbRules;
import io.meridian.domain.lb.Problem;
import io.meridian.domain.lb.RefusedException;
import io.meridian.domain.lb.Route;
import io.meridian.lb.marathon.AppsDocument;
import io.meridian.lb.render.HaproxyConfig;
import io.meridian.lb.render.HaproxyConfig.Rendered;
import io.meridian.lb.render.LbOptions;
import io.meridian.lb.render.Templates;

import java.util.ArrayList;
import java.util.List;

/**
 * Marathon-LB as a pure function: one answer of {@code /v2/apps} in, the text of HAProxy's files
 * out.
 *
 * @param rules which apps and tasks are served
 * @param options layout of the configuration
 * @param validates true = ports that HAProxy is known to refuse are left out, as Marathon-LB does
 *     after {@code haproxy -c}; false = {@code --skip-validation}
 */
public record MarathonLb(LbRules rules, LbOptions options, Templates templates, boolean validates) {
    /**
     * The files of one rendering.
     *
     * @param config text of {@code haproxy.cfg}
     * @param domains text of {@code domain2backend.map}; empty without maps
     * @param apps text of {@code app2backend.map}; empty without maps
     * @param problems what is not served, with reasons
     * @param nothingLeft true if ports were to be served and HAProxy takes none of them: the files
     *     of before should stay
     */
    public record Result(
            String config,
            String domains,
            String apps,
            List<Problem> problems,
            boolean nothingLeft) {}

    /**
     * @param apps the JSON document
     * @throws RefusedException if the document cannot be read at all, or if a template that belongs
     *     to no port cannot be filled
     */
    public Result render(byte[] apps) throws RefusedException {
        AppsDocument document = AppsDocument.of(apps);
        LbRules.Routes routes = rules.routes(document.apps());
        List<Problem> problems = new ArrayList<>(document.problems());
        problems.addAll(routes.problems());
        List<Route> served =
                validates
                        ? RouteConflicts.without(routes.served(), document.apps(), problems)
                        : routes.served();
        Rendered rendered =
                HaproxyConfig.render(
                        options,
                        templates,
                        new LbRules.Routes(served, routes.siblings(), List.of()));
        problems.addAll(rendered.problems());
        return new Result(
                rendered.config(),
                rendered.domains(),
                rendered.apps(),
                problems,
                validates && !routes.served().isEmpty() && rendered.routes() == 0);
    }
}
