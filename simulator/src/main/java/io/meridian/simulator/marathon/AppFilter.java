package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.simulator.http.WireRequest;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The filters of {@code GET /v2/apps}: {@code id} and {@code cmd} by substring, {@code label} by
 * selectors.
 */
final class AppFilter {
    private static final Pattern SELECTOR =
            Pattern.compile("\\s*([^\\s=!]+)\\s*(?:(==|!=)\\s*([^\\s]+)|in\\s*\\(([^)]*)\\))?\\s*");

    private final List<Predicate<Service>> conditions;

    private AppFilter(List<Predicate<Service>> conditions) {
        this.conditions = conditions;
    }

    static AppFilter from(WireRequest request) {
        List<Predicate<Service>> conditions = new java.util.ArrayList<>();
        request.parameters("id").forEach(part -> conditions.add(app -> app.id.contains(part)));
        request.parameters("cmd")
                .forEach(
                        part ->
                                conditions.add(
                                        app ->
                                                app.current
                                                        .definition()
                                                        .path("cmd")
                                                        .asText()
                                                        .contains(part)));
        request.parameters("label")
                .forEach(
                        selectors -> {
                            for (String selector : selectors.split(",(?![^(]*\\))")) {
                                conditions.add(label(selector));
                            }
                        });
        return new AppFilter(conditions);
    }

    boolean accepts(Service app) {
        return conditions.stream().allMatch(condition -> condition.test(app));
    }

    private static Predicate<Service> label(String selector) {
        Matcher parts = SELECTOR.matcher(selector);
        if (!parts.matches()) {
            throw ApiRefusal.message(400, "label selector is not valid: " + selector);
        }
        String key = parts.group(1);
        return app -> {
            JsonNode value = app.current.definition().path("labels").path(key);
            if (parts.group(4) != null) {
                return Arrays.asList(parts.group(4).split("\\s*,\\s*")).contains(value.asText());
            }
            if (parts.group(2) == null) {
                return value.isTextual();
            }
            boolean equal = value.asText().equals(parts.group(3));
            return parts.group(2).equals("==") == equal;
        };
    }
}
