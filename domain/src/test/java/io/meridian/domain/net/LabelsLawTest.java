package io.meridian.domain.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Labels.HostNameRule;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LabelsLawTest {
    @Property
    void aMesosLabelHasOnlyLegalCharacters(@ForAll("texts") String text) {
        assertThat(Labels.mesosLabel(text)).matches("([a-z0-9][a-z0-9-]{0,62})?");
        assertThat(Labels.mesosLabel(text, HostNameRule.RFC952)).matches("([a-z][a-z0-9-]{0,23})?");
    }

    @Property
    void aMesosLabelThatEndsInNoDashStaysAsItIs(@ForAll("texts") String text) {
        String label = Labels.mesosLabel(text);
        if (!label.endsWith("-")) {
            assertThat(Labels.mesosLabel(label)).isEqualTo(label);
        }
    }

    @Property
    void aDcosLabelStartsAndEndsWithALetterOrDigitAndStaysAsItIs(@ForAll("texts") String text) {
        String label = Labels.dcosLabel(text);

        assertThat(label).matches("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?");
        assertThat(Labels.dcosLabel(label)).isEqualTo(label);
    }

    @Property
    void bothRulesAgreeOnNamesWithoutCut(@ForAll("texts") String text) {
        if (text.length() <= Labels.MAX_LABEL) {
            assertThat(Labels.dcosLabel(text)).isEqualTo(Labels.mesosLabel(text));
        }
    }

    @Property
    void caseAndDroppedCharactersDoNotMatter(@ForAll("texts") String text) {
        String other = "$" + text.replace("a", "A/").replace("z", "Z ") + "%";

        assertThat(Labels.mesosLabel(other)).isEqualTo(Labels.mesosLabel(text));
        assertThat(Labels.dcosLabel(other)).isEqualTo(Labels.dcosLabel(text));
    }

    @Property
    void fragmentsAreLabelsJoinedByDots(@ForAll("texts") String text) {
        String fragment = Labels.mesosFragment(text);
        if (!fragment.isEmpty() && fragment.length() <= Labels.MAX_NAME) {
            assertThat(Labels.isName(fragment)).isTrue();
        }
        Labels.dcosFragment(text)
                .filter(made -> made.length() <= Labels.MAX_NAME)
                .ifPresent(
                        made -> {
                            assertThat(Labels.isName(made)).isTrue();
                            assertThat(Labels.dcosFragment(made)).contains(made);
                        });
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> likely =
                Arbitraries.strings().withChars("aazZ059---__.. /$é").ofMaxLength(90);
        Arbitrary<String> cuts =
                Arbitraries.strings().withChars("ab--.").ofMinLength(58).ofMaxLength(75);
        return Arbitraries.oneOf(likely, cuts, Arbitraries.strings().ofMaxLength(80));
    }
}
