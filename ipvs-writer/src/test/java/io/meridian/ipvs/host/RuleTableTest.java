package io.meridian.ipvs.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class RuleTableTest {
    private static final Rule FIRST =
            new Rule(
                    "nat",
                    "OUTPUT",
                    Rule.Place.FIRST,
                    List.of("-m", "set", "--match-set", "s", "dst,dst"),
                    "a \"quoted\" comment",
                    "RETURN",
                    "");

    @Test
    void aRuleIsIdentifiedByItsComment() {
        RuleTable table =
                RuleTable.parse(
                        """
                        -P OUTPUT ACCEPT
                        -N DOCKER
                        -A OUTPUT -m comment --comment "a \\"quoted\\" comment" -m set --match-set s dst,dst -j RETURN
                        """);

        assertThat(table.add(List.of(FIRST))).isEmpty();
    }

    @Test
    void theSameCommentWithAnotherTargetIsAnotherRule() {
        RuleTable table =
                RuleTable.parse(
                        "-A OUTPUT -m comment --comment \"a \\\"quoted\\\" comment\" -j ACCEPT\n");

        assertThat(table.add(List.of(FIRST)))
                .extracting(step -> step.arguments().subList(0, 2))
                .containsExactly(List.of("-I", "OUTPUT"));
    }

    @Test
    void aRuleBehindAHarmlessRuleStays() {
        RuleTable table =
                RuleTable.parse(
                        """
                        -A OUTPUT -d 127.0.0.0/8 -j RETURN
                        -A OUTPUT -m comment --comment "a \\"quoted\\" comment" -j RETURN
                        -A OUTPUT -j DOCKER
                        """);

        assertThat(table.add(List.of(FIRST))).isEmpty();
    }

    @Test
    void aRuleBehindARedirectingRuleIsMovedAsListed() {
        RuleTable table =
                RuleTable.parse(
                        """
                        -A OUTPUT -g DOCKER
                        -A OUTPUT --spelled otherwise -m comment --comment "a \\"quoted\\" comment" -j RETURN
                        """);

        assertThat(table.add(List.of(FIRST)))
                .extracting(RuleTable.Step::arguments)
                .containsExactly(
                        List.of(
                                "-D",
                                "OUTPUT",
                                "--spelled",
                                "otherwise",
                                "-m",
                                "comment",
                                "--comment",
                                "a \"quoted\" comment",
                                "-j",
                                "RETURN"),
                        List.of(
                                "-I",
                                "OUTPUT",
                                "-m",
                                "set",
                                "--match-set",
                                "s",
                                "dst,dst",
                                "-m",
                                "comment",
                                "--comment",
                                "a \"quoted\" comment",
                                "-j",
                                "RETURN"));
    }

    @Test
    void aMissingRuleIsNotRemoved() {
        assertThat(RuleTable.parse("").remove(List.of(FIRST))).isEmpty();
    }
}
