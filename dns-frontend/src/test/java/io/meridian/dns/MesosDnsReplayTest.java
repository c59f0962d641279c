package io.meridian.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.vip.VipImage;
import io.meridian.feed.Provenance;
import io.meridian.feed.Provenance.Origin;
import io.meridian.testkit.Fixtures;
import io.meridian.testkit.NeedsPackage;
import io.meridian.testkit.SystemPackage;

import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Asks Meridian, with the same records and client, all questions that were recorded with a real
 * Mesos-DNS 0.7. {@code mesos-dns-differences.txt} lists each reply that differs, by the name of
 * the difference below. A difference that is not listed, or listed but absent, fails.
 */
@NeedsPackage(SystemPackage.DNSUTILS)
@Timeout(300)
class MesosDnsReplayTest {
    /** Differences and their reasons; each turns the recorded reply into Meridian's. */
    private enum Difference {
        /** The owner is spelled as in the question, so that a client finds its random capitals. */
        OWNER_AS_ASKED {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withAnswer(
                        was.answer().stream()
                                .map(
                                        record ->
                                                question.owner()
                                                        + record.substring(record.indexOf(' ')))
                                .toList());
            }
        },
        /** RFC 2308 3: the SOA of a negative answer is the zone's, its owner the apex. */
        SOA_OF_THE_APEX {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withAuthority(List.of(question.soa()));
            }
        },
        /** RFC 2308 2: an answer without records has the SOA, of SRV too. */
        SRV_WITH_SOA {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withAuthority(List.of(question.soa()));
            }
        },
        /** A name that doesn't exist is NXDOMAIN whatever type is asked. */
        UNKNOWN_IS_NXDOMAIN {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withStatus("NXDOMAIN").withAuthority(List.of(question.soa()));
            }
        },
        /** SOA and NS of the apex are answers; Mesos-DNS has them in the authority section. */
        APEX_IN_THE_ANSWER {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withAnswer(was.authority()).withAuthority(List.of());
            }
        },
        /** An NS answer has the server's addresses (RFC 1035 3.3.11). */
        NS_WITH_ADDRESS {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withAdditional(List.of("ns1.mesos. 60 A 127.0.0.1"));
            }
        },
        /** Only the apex has SOA and NS; Mesos-DNS adds them to ANY answers of every name. */
        ANY_WITHOUT_AUTHORITY {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withAuthority(
                        was.answer().isEmpty() ? List.of(question.soa()) : List.of());
            }
        },
        /** RFC 8020: the apex and names with names below them exist. */
        EMPTY_NON_TERMINAL_EXISTS {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withStatus("NOERROR");
            }
        },
        /** A reply has all addresses of a target, not an arbitrary one of each family. */
        ALL_ADDRESSES_OF_A_TARGET {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withAdditional(question.targets());
            }
        },
        /** Meridian has records of class IN only (RFC 1035 3.2.4). */
        OTHER_CLASS_REFUSED {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withStatus("REFUSED").withFlags("qr", "ra", "rd").withAnswer(List.of());
            }
        },
        /** RA says whether this server forwards, in every reply. */
        REFUSED_WITH_RA {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withFlags("qr", "ra", "rd");
            }
        },
        /** A forwarded answer is not authoritative (RFC 1035 4.1.1, AA). */
        FORWARDED_WITHOUT_AA {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withFlags(
                        was.flags().stream()
                                .filter(flag -> !flag.equals("aa"))
                                .toArray(String[]::new));
            }
        },
        /** The zone has no parent here, so DS at its apex is answered from it, not forwarded. */
        DS_ANSWERED_HERE {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withStatus("NOERROR")
                        .withFlags("aa", "qr", "ra", "rd")
                        .withAuthority(List.of(question.soa()));
            }
        },
        /** RFC 6891 6.2.5: the client's EDNS size counts; Mesos-DNS truncates at 512 bytes. */
        WHOLE_IN_EDNS_SIZE {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withFlags("aa", "qr", "ra", "rd")
                        .withAnswer(question.whole())
                        .withAdditional(question.targets());
            }
        },
        /** No difference: the recording has only two records of this reply. */
        RECORDED_IN_PART {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withAnswer(question.whole());
            }
        },
        /** Meridian omits a record that cannot be encoded; Mesos-DNS gives no reply at all. */
        NEVER_SILENT {
            @Override
            DigReply of(DigReply was, Question question) {
                return was.withStatus("NOERROR")
                        .withFlags("aa", "qr", "ra", "rd")
                        .withAuthority(List.of(question.soa()));
            }
        };

        abstract DigReply of(DigReply was, Question question);
    }

    /** A recorded question, and the state that it was asked of. */
    private record Question(List<String> arguments, String name, String type, RecordedState state) {
        static Question of(List<String> arguments, RecordedState state) {
            String name = "";
            String type = "A";
            for (int i = 0; i < arguments.size(); i++) {
                String argument = arguments.get(i);
                if (argument.matches("A|AAAA|SRV|ANY|SOA|NS|TXT|DS|AXFR")) {
                    type = argument;
                } else if (argument.equals("-t") || argument.equals("-c")) {
                    i++;
                } else if (!argument.startsWith("+") && !argument.startsWith("-")) {
                    name = argument;
                }
            }
            return new Question(arguments, name, type, state);
        }

        String owner() {
            return name + ".";
        }

        String soa() {
            String zone = state.domain() + ".";
            return "%s %d SOA ns1.%s root.ns1.%s SERIAL 60 600 86400 %d"
                    .formatted(zone, state.ttl(), zone, zone, state.ttl());
        }

        List<String> whole() {
            return state.records(owner(), name, type);
        }

        List<String> targets() {
            return type.equals("SRV") ? state.targets(name) : List.of();
        }
    }

    /** Questions with recorded replies in order, by the section letter of the recording. */
    private static Map<String, Map<List<String>, DigReply>> recorded() throws IOException {
        Map<String, Map<List<String>, DigReply>> sections = new LinkedHashMap<>();
        String section = "";
        for (String block :
                Fixtures.text("mesos/mesos-dns/observed.txt")
                        .split("(?m)^-{20,}\n|(?=^\\$ dig @)")) {
            for (String line : block.lines().toList()) {
                if (line.startsWith("################ ")) {
                    section = line.substring(17, line.indexOf('.', 17));
                }
                if (line.startsWith("$ dig @")) {
                    List<String> words = Arrays.asList(line.split(" "));
                    List<String> arguments = words.subList(5, words.size());
                    sections.computeIfAbsent(section, _ -> new LinkedHashMap<>())
                            .put(List.copyOf(arguments), DigReply.parse(block));
                }
            }
        }
        return sections;
    }

    private static DnsFrontend start(RecordedState state, String settings) {
        DnsFrontend frontend =
                Frontends.start(
                        settings
                                + "\nmesos-domain = "
                                + state.domain()
                                + "\nmesos-ttl = "
                                + state.ttl()
                                + " s");
        Provenance provenance = new Provenance(1, Origin.SNAPSHOT);
        frontend.zonePublisher().onUpdate(state.rows(), state.image(), provenance);
        frontend.vipPublisher().onUpdate(List.of(), VipImage.EMPTY, provenance);
        return frontend;
    }

    private static RecordedState state(String name, String domain, long ttl) {
        return RecordedState.read(
                Fixtures.own("mesos/mesos-dns/axfr-" + name + ".json"), domain, ttl);
    }

    /** Listed differences by section and question. */
    private static Map<String, List<Difference>> listed() throws IOException {
        Map<String, List<Difference>> listed = new LinkedHashMap<>();
        Path file = Path.of("src/test/resources/mesos-dns-differences.txt");
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] parts = line.split(" *\\| *");
                listed.put(
                        parts[0].trim(),
                        Arrays.stream(parts[1].trim().split(" "))
                                .map(Difference::valueOf)
                                .toList());
            }
        }
        return listed;
    }

    @Test
    void repliesDifferFromMesosDnsOnlyAsListed() throws IOException {
        Map<String, Map<List<String>, DigReply>> recorded = recorded();
        assertThat(Objects.requireNonNull(recorded.get("A")).keySet()).hasSize(48);
        assertThat(Objects.requireNonNull(recorded.get("B")).keySet()).hasSize(39);
        assertThat(Objects.requireNonNull(recorded.get("D")).keySet()).hasSize(9);
        Map<String, List<Difference>> listed = listed();
        SoftAssertions softly = new SoftAssertions();
        // The forward zone makes Meridian set RA, as the recorded upstream did.
        try (DnsFrontend upstream =
                start(
                        state("edge", "test", 30),
                        "forward-zones { \"unused.invalid\" = [\"127.0.0.1:9\"] }")) {
            String settings =
                    "any = full, cache.size = 0, upstreams = [\"127.0.0.1:"
                            + Frontends.address(upstream).getPort()
                            + "\"]";
            for (String section : List.of("A", "B", "D")) {
                RecordedState state = state(section.equals("B") ? "edge" : "fake", "mesos", 60);
                RecordedState asked = section.equals("D") ? state("edge", "test", 30) : state;
                try (DnsFrontend frontend = start(state, settings)) {
                    for (Map.Entry<List<String>, DigReply> entry :
                            Objects.requireNonNull(recorded.get(section)).entrySet()) {
                        String name = section + " " + String.join(" ", entry.getKey());
                        DigReply ours = DigReply.parse(Dig.ask(frontend, entry.getKey()));
                        DigReply expected = entry.getValue();
                        List<Difference> differences = listed.getOrDefault(name, List.of());
                        for (Difference difference : differences) {
                            DigReply next =
                                    difference.of(expected, Question.of(entry.getKey(), asked));
                            softly.assertThat(next)
                                    .as(name + ": " + difference + " is listed for nothing")
                                    .isNotEqualTo(expected);
                            expected = next;
                        }
                        softly.assertThat(ours).as(name + " " + differences).isEqualTo(expected);
                        listed.remove(name);
                    }
                }
            }
        }
        softly.assertThat(listed).as("listed, but never asked").isEmpty();
        softly.assertAll();
    }
}
