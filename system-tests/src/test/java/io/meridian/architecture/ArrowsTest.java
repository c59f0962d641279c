package io.meridian.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static io.meridian.architecture.House.packagesOf;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Rules for dependencies between rooms and packages. A room that is not in the table fails the
 * build: decide on its dependencies, then add it.
 */
class ArrowsTest {
    private static final Map<String, List<String>> MAY_USE =
            Map.ofEntries(
                    Map.entry("domain", List.of()),
                    Map.entry("database", List.of()),
                    Map.entry("libc", List.of()),
                    Map.entry("netlink", List.of("domain", "libc")),
                    Map.entry("simulator", List.of()),
                    Map.entry("testkit", List.of("simulator")),
                    Map.entry("sources", List.of("domain")),
                    Map.entry("actors", List.of("domain", "sources")),
                    Map.entry("feed", List.of("domain")),
                    Map.entry("projections", List.of("domain", "feed", "database")),
                    Map.entry("dns", List.of("domain", "feed", "libc")),
                    Map.entry("ipvs", List.of("domain", "feed", "libc", "netlink")),
                    Map.entry("lb", List.of("domain")),
                    Map.entry(
                            "controlplane",
                            List.of(
                                    "domain",
                                    "database",
                                    "simulator",
                                    "sources",
                                    "actors",
                                    "feed",
                                    "projections",
                                    "dns",
                                    "ipvs",
                                    "lb")));

    static final Set<String> ROOMS = new TreeSet<>(MAY_USE.keySet());

    /** Package that replaces two classes of an SQL plugin (ADR 0025). */
    private static final String JOURNAL = "io.meridian.actors.journal.r2dbc";

    private static final String[] SQL = {
        "java.sql..", "javax.sql..", "io.r2dbc..", "reactor..", "org.postgresql.."
    };

    @Test
    void everyClassLivesInAKnownRoomAndEveryRoomHasClasses() {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : House.CLASSES) {
            found.add(type.getPackageName().split("\\.", -1)[2]);
        }
        assertThat(found).isEqualTo(ROOMS);
    }

    @ParameterizedTest
    @FieldSource("ROOMS")
    void aRoomUsesOnlyTheRoomsBelowIt(String room) {
        String[] allowed =
                Stream.concat(Stream.of(room), MAY_USE.get(room).stream())
                        .map(House::packagesOf)
                        .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(packagesOf(room))
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.meridian..").and(not(resideInAnyPackage(allowed))))
                .check(House.CLASSES);
    }

    /**
     * Packages of equal rank. A parent package holds the entry point, which uses all of them, and
     * the few shared types.
     */
    @Test
    void packagesOfARoomHaveNoCycles() {
        slices().matching("io.meridian.(*).(*)..").should().beFreeOfCycles().check(House.CLASSES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "domain",
                "simulator",
                "testkit",
                "sources",
                "actors",
                "feed",
                "libc",
                "netlink",
                "dns",
                "ipvs",
                "lb"
            })
    void onlyTheReadSideAndTheProgramSpeakSql(String room) {
        noClasses()
                .that()
                .resideInAPackage(packagesOf(room))
                .and()
                .resideOutsideOfPackage(JOURNAL)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SQL)
                .check(House.CLASSES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"domain", "database", "libc", "netlink", "lb", "simulator", "testkit"})
    void coreRoomsDoNotUseAkka(String room) {
        noClasses()
                .that()
                .resideInAPackage(packagesOf(room))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("akka..", "scala..")
                .check(House.CLASSES);
    }

    /**
     * Rooms that run on each node are actors around a plain core, without Akka Streams, Cluster and
     * Persistence.
     */
    @ParameterizedTest
    @ValueSource(strings = {"dns", "ipvs"})
    void nodesUseTypedActorsOnly(String room) {
        noClasses()
                .that()
                .resideInAPackage(packagesOf(room))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("akka..", "scala..")
                                .and(not(resideInAnyPackage("akka", "akka.actor.typed.."))))
                .check(House.CLASSES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sources", "feed"})
    void onlyTheWriteSideAndTheReadSideKnowTheJournal(String room) {
        noClasses()
                .that()
                .resideInAPackage(packagesOf(room))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("akka.persistence..", "akka.cluster.sharding..")
                .check(House.CLASSES);
    }

    /** Packages that call the kernel, and the one that notifies systemd. */
    @Test
    void foreignMemoryStaysWhereTheSystemIsCalled() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.meridian.libc..", "io.meridian.netlink..", "io.meridian.dns.kernel..")
                .and()
                .doNotHaveFullyQualifiedName("io.meridian.controlplane.node.ServiceNotifier")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .check(House.CLASSES);
    }

    /** Exempt is testkit's program, ReplayMain. */
    @Test
    void onlyProgramsEndTheProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackages(packagesOf("controlplane"), packagesOf("testkit"))
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(House.CLASSES);
    }

    /** Class names that could stand for anything. */
    @Test
    void noClassHasACatchAllName() {
        classes()
                .should()
                .haveNameNotMatching(".*(Manager|Utils?|Utilities|Helpers?|Impl)(\\$.*)?")
                .check(House.CLASSES);
    }
}
