package io.meridian.lb.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.meridian.domain.lb.PortLabels;
import io.meridian.domain.lb.RefusedException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** Where a template's text comes from, and how its fields are replaced. */
class TemplatesTest {
    private static final Map<String, @Nullable Object> VARIABLES =
            Map.of(
                    "name",
                    "web",
                    "port",
                    BigInteger.valueOf(31000),
                    "share",
                    0.25,
                    "check",
                    Map.of("path", "/h", "args", List.of("a", "b")));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {name}_{port} | web_31000
                    {{ {name} }} | { web }
                    {name:>5} | '  web'
                    {name:*^7} | **web**
                    {name!r} | 'web'
                    {port:06d} | 031000
                    {port:,} | 31,000
                    {port:#x} | 0x7918
                    {port:+} | +31000
                    {port:.1e} | 3.1e+04
                    {share:.0%} | 25%
                    {share:.3f} | 0.250
                    {check[path]}{check[args][1]} | /hb
                    {name[0]} | w
                    """,
            quoteCharacter = '"')
    void fieldsFollowPythonsFormatSyntax(String template, String text) throws RefusedException {
        assertThat(PythonFormat.format(template, VARIABLES).replace("'", ""))
                .isEqualTo(text.replace("'", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "}",
                "{}",
                "{0}",
                "{unknown}",
                "{name",
                "{name!x}",
                "{name:d}",
                "{port:.2d}",
                "{check.path}",
                "{check[nope]}",
                "{name[9]}",
                "{name!}",
                "{check:5}"
            })
    void aMalformedFieldIsRefused(String template) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> PythonFormat.format(template, VARIABLES));
    }

    @ParameterizedTest
    @EnumSource(TemplateName.class)
    void eachTemplateIsReplacedByEnvironmentThenFile(TemplateName name) throws RefusedException {
        String variable = "HAPROXY_" + name;
        String head = name == TemplateName.HEAD ? "expose-fd listeners " : "";
        Map<String, String> file = Map.of(variable, head + "file");
        assertThat(text(Map.of(variable, head + "env\\n"), file, name)).isEqualTo(head + "env\n");
        assertThat(text(Map.of(variable, ""), file, name)).isEqualTo(head + "file");
    }

    private static String text(
            Map<String, String> environment, Map<String, String> files, TemplateName name)
            throws RefusedException {
        return Templates.of(environment, files, false).global(name, Map.of());
    }

    @ParameterizedTest
    @EnumSource(TemplateName.class)
    void aLabelReplacesATemplateOfThePort(TemplateName name) throws RefusedException {
        PortLabels labels = new PortLabels(Map.of("HAPROXY_0_" + name.label(), "label\r\n"), 0);
        String environment = name == TemplateName.HEAD ? "expose-fd listeners" : "env";
        String text =
                Templates.of(Map.of("HAPROXY_" + name, environment), Map.of(), false)
                        .of(name, labels, Map.of());
        assertThat(text).isEqualTo(name.hasLabel() ? "label\n" : environment);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "global\n  daemon\n  expose-fd listeners",
                "global\n",
                "# daemon expose-fd listeners"
            })
    void aHeadThatBreaksReloadsIsRefused(String head) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> Templates.of(Map.of("HAPROXY_HEAD", head), Map.of(), false));
    }

    @Test
    void thereAre53TemplatesAndOnlyThreeHaveALiteralText() throws RefusedException {
        Templates current = Templates.of(Map.of(), Map.of(), false);
        Templates literal = Templates.of(Map.of(), Map.of(), true);
        assertThat(TemplateName.values()).hasSize(53);
        for (String refused : List.of("rspadd", "reqirep", "rspirep")) {
            assertThat(all(current)).doesNotContain(refused);
            assertThat(all(literal)).contains(refused);
        }
    }

    private static String all(Templates templates) throws RefusedException {
        Map<String, @Nullable Object> variables =
                Map.of("hostname", "h", "proxypath", "/p", "rootpath", "/r");
        return templates.global(TemplateName.BACKEND_HSTS_OPTIONS, variables)
                + templates.global(TemplateName.HTTP_BACKEND_PROXYPASS_GLUE, variables)
                + templates.global(TemplateName.HTTP_BACKEND_REVPROXY_GLUE, variables);
    }
}
