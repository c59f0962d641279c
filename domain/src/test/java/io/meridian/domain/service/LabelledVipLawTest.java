package io.meridian.domain.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.domain.net.Protocol;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

class LabelledVipLawTest {
    @Property
    void aWrittenLabelIsReadBack(@ForAll("vips") LabelledVip vip) {
        assertThat(LabelledVip.parse(vip.text())).isEqualTo(vip);
        assertThat(VipOptions.parse(vip.options().toString())).isEqualTo(vip.options());
    }

    @Property
    void differentVipsHaveDifferentTexts(
            @ForAll("vips") LabelledVip one, @ForAll("vips") LabelledVip two) {
        assertThat(one.text().equals(two.text())).isEqualTo(one.equals(two));
        assertThat(one.options().compareTo(two.options()) == 0)
                .isEqualTo(one.options().equals(two.options()));
    }

    @Property
    void mergingOptionsIsAssociative(
            @ForAll("options") VipOptions a,
            @ForAll("options") VipOptions b,
            @ForAll("options") VipOptions c) {
        assertThat(a.over(b).over(c)).isEqualTo(a.over(b.over(c)));
        assertThat(a.over(VipOptions.NONE)).isEqualTo(a);
        assertThat(VipOptions.NONE.over(a)).isEqualTo(a);
        assertThat(a.over(a)).isEqualTo(a);
    }

    @Property
    void aLabelWithoutOptionsIsItsValue(@ForAll("values") String value) {
        assertThat(LabelledVip.of(value).value()).isEqualTo(value);
        if (!value.startsWith("{")) {
            assertThat(LabelledVip.parse(value)).isEqualTo(LabelledVip.of(value));
            assertThat(LabelledVip.of(value)).hasToString(value);
            assertThat(LabelledVip.of(value).text()).isEqualTo(value);
        }
    }

    /** Old journals hold labels verbatim, and a label may be any text. */
    @Test
    void bracesThatAreNoOptionsArePartOfTheValue() {
        assertThat(LabelledVip.parse("{x}:80").value()).isEqualTo("{x}:80");
        assertThat(LabelledVip.parse("{weight=1000}a:80").value()).isEqualTo("{weight=1000}a:80");
        assertThat(LabelledVip.parse("{a:80").value()).isEqualTo("{a:80");
    }

    @Test
    void unknownOptionNamesAreIgnored() {
        assertThat(LabelledVip.parse("{weight=3 colour=red scheduler=rr}a:80"))
                .isEqualTo(
                        new LabelledVip(
                                "a:80",
                                Optional.empty(),
                                3,
                                VipOptions.NONE.withScheduler(VipScheduler.RR)));
    }

    @Provide
    Arbitrary<LabelledVip> vips() {
        return Combinators.combine(
                        values(),
                        Arbitraries.of(Protocol.class).optional(),
                        Arbitraries.integers().between(1, LabelledVip.HEAVIEST),
                        options())
                .as(LabelledVip::new);
    }

    @Provide
    Arbitrary<VipOptions> options() {
        Arbitrary<Optional<Duration>> times =
                Arbitraries.of(0, 1, 86_400).map(Duration::ofSeconds).optional();
        return Combinators.combine(
                        Arbitraries.of(VipScheduler.class).optional(),
                        times,
                        times,
                        times,
                        Arbitraries.of(true, false).optional(),
                        Arbitraries.oneOf(
                                        Arbitraries.of("a b", "}", ",", "%", "%2", "", "refused=x"),
                                        Arbitraries.strings().ofMaxLength(12))
                                .set()
                                .ofMaxSize(3)
                                .<SortedSet<String>>map(TreeSet::new))
                .as(VipOptions::new);
    }

    /** The text is in journals and tables. */
    @Test
    void theTextOfRefusedOptionsNeverChanges() {
        VipOptions refused =
                VipOptions.NONE.withRefused(List.of("label A=\"x, y\" is not z", "100 % {b}"));

        assertThat(refused)
                .hasToString("refused=100%20%25%20{b%7d,label%20A=\"x%2c%20y\"%20is%20not%20z");
        assertThat(refused).isNotEqualTo(VipOptions.NONE);
        LabelledVip web =
                new LabelledVip("web:80", Optional.empty(), 3, VipOptions.parse("refused=x"));
        assertThat(web.text()).isEqualTo("{weight=3 refused=x}web:80");
        assertThat(web).as("for people").hasToString("{weight=3}web:80");
        assertThatThrownBy(() -> VipOptions.parse("refused=a%2"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.oneOf(
                Arbitraries.of("/web:80", "{}a:1", "{x}", "}", "{", "{weight=2}b:1", ""),
                Arbitraries.strings().ofMaxLength(12));
    }
}
