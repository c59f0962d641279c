package io.meridian.lb;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import io.meridian.domain.lb.Admission;
import io.meridian.domain.lb.HealthMemory;
import io.meridian.domain.lb.LabelValues;
import io.meridian.domain.lb.LbRules;
import io.meridian.domain.lb.RefusedException;
import io.meridian.domain.lb.ServicePorts.PortRange;
import io.meridian.lb.render.LbOptions;
import io.meridian.lb.render.Templates;
import io.meridian.testkit.Fixtures;
import io.meridian.testkit.NeedsSharedFixtures;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The recorded runs of the real Marathon-LB: one answer of Marathon in, the files that it wrote
 * out. {@code docs/compat.md} gives the reason for each case in {@link #OURS}.
 */
@NeedsSharedFixtures
class SharedCasesTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    /** Cases where the result is ours by design: Marathon-LB lets a fault of one app reach all. */
    private static final Set<String> OURS =
            Set.of(
                    "183-label-newline-in-value",
                    "348-cleanup-one-invalid-maps",
                    "353-cleanup-deployment-pair-invalid-other");

    static Stream<String> casesThatMarathonLbSurvives() throws IOException {
        return cases(false).filter(name -> !OURS.contains(name));
    }

    static Stream<String> casesWhereMarathonLbDies() throws IOException {
        return cases(true);
    }

    private static Stream<String> cases(boolean dies) throws IOException {
        Path folder = Fixtures.shared("marathon-lb/cases");
        if (!Files.isDirectory(folder)) {
            return Stream.of("absent");
        }
        List<String> names = new ArrayList<>();
        try (Stream<Path> found = Files.list(folder)) {
            for (Path path : found.sorted().toList()) {
                if (notes(path).has("mlbError") == dies) {
                    names.add(path.getFileName().toString());
                }
            }
        }
        return names.stream();
    }

    private static JsonNode notes(Path folder) throws IOException {
        return MAPPER.readTree(folder.resolve("notes.json").toFile());
    }

    @ParameterizedTest
    @MethodSource("casesThatMarathonLbSurvives")
    void theFilesEqualThoseOfMarathonLb(String name) throws IOException, RefusedException {
        Path folder = Fixtures.shared("marathon-lb/cases").resolve(name);
        JsonNode notes = notes(folder);
        JsonNode arguments = MAPPER.readTree(folder.resolve("args.json").toFile());
        MarathonLb.Result rendered =
                marathonLb(arguments).render(Files.readAllBytes(folder.resolve("apps.json")));
        Path config = folder.resolve("expected-haproxy.cfg");
        if (!Files.exists(config) || arguments.path("before").has("haproxy.cfg")) {
            assertThat(rendered.nothingLeft()).isTrue();
            return;
        }
        assertThat(comparable(rendered.config(), notes))
                .isEqualTo(comparable(Files.readString(config), notes));
        assertThat(rendered.domains()).isEqualTo(map(folder, "domain2backend"));
        assertThat(rendered.apps()).isEqualTo(map(folder, "app2backend"));
    }

    @ParameterizedTest
    @MethodSource("casesWhereMarathonLbDies")
    void whereMarathonLbDiesTheRestIsServedOrTheOperatorIsTold(String name) throws IOException {
        Path folder = Fixtures.shared("marathon-lb/cases").resolve(name);
        byte[] apps = Files.readAllBytes(folder.resolve("apps.json"));
        JsonNode arguments = MAPPER.readTree(folder.resolve("args.json").toFile());
        try {
            MarathonLb.Result rendered = marathonLb(arguments).render(apps);
            boolean readable =
                    name.matches(".*(mixed-zone|one-zoned-other-missing).*")
                            || name.startsWith("067");
            assertThat(readable || !rendered.problems().isEmpty()).isTrue();
            assertThat(rendered.problems().size()).isLessThanOrEqualTo(2);
        } catch (RefusedException e) {
            assertThat(name).matches(".*-tpl-(head|https-head)-.*");
        }
    }

    private static String map(Path folder, String name) throws IOException {
        Path map = folder.resolve("expected-" + name + ".map");
        return Files.exists(map) ? Files.readString(map) : "";
    }

    /** The text with each group of servers of undetermined order sorted. */
    private static String comparable(String text, JsonNode notes) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        for (JsonNode group : notes.path("orderNotDetermined")) {
            List<Integer> places = new ArrayList<>();
            List<String> found = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                for (JsonNode server : group) {
                    if (lines.get(i).startsWith("  server " + server.textValue() + " ")) {
                        places.add(i);
                        found.add(lines.get(i));
                    }
                }
            }
            found.sort(null);
            for (int i = 0; i < places.size(); i++) {
                lines.set(places.get(i), found.get(i));
            }
        }
        return String.join("\n", lines);
    }

    private static MarathonLb marathonLb(JsonNode arguments) throws RefusedException {
        Map<String, String> environment = texts(arguments.path("env"));
        Map<String, String> hosts = texts(arguments.path("hosts"));
        int min = arguments.path("minServPort").intValue();
        LbRules rules =
                new LbRules(
                        words(arguments.path("group")),
                        arguments.path("strictMode").booleanValue(),
                        environment.get("FRAMEWORK_NAME"),
                        min == 0
                                ? null
                                : new PortRange(min, arguments.path("maxServPort").intValue()),
                        new Admission(
                                arguments.path("healthCheck").booleanValue(),
                                new HealthMemory(1000)),
                        host -> host.matches("[0-9.]+") ? host : hosts.get(host));
        String config = arguments.path("haproxyConfig").textValue();
        LbOptions options =
                new LbOptions(
                        arguments.path("haproxyMap").booleanValue(),
                        !arguments.path("dontBindHttpHttps").booleanValue(),
                        arguments.path("groupHttpsByVhost").booleanValue(),
                        LabelValues.list(arguments.path("sslCerts").textValue()),
                        config.substring(0, config.lastIndexOf('/')));
        return new MarathonLb(
                rules,
                options,
                Templates.of(environment, texts(arguments.path("templates")), true),
                !words(arguments.path("argv")).contains("--skip-validation"));
    }

    private static List<String> words(JsonNode list) {
        List<String> words = new ArrayList<>();
        list.forEach(word -> words.add(word.textValue()));
        return words;
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new HashMap<>();
        object.properties().forEach(m -> texts.put(m.getKey(), m.getValue().textValue()));
        return texts;
    }
}
