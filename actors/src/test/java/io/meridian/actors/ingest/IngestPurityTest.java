package io.meridian.actors.ingest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;

import org.junit.jupiter.api.Test;

/** The core stays a state machine: only {@link Ingest} knows actors, clocks and loggers. */
class IngestPurityTest {
    @Test
    void onlyTheActorKnowsActorsClocksAndLoggers() {
        noClasses()
                .that()
                .resideInAPackage("io.meridian.actors.ingest")
                .and()
                .doNotHaveFullyQualifiedName(Ingest.class.getName())
                .and()
                .haveNameNotMatching(Ingest.class.getName() + "\\$.*")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "akka\\.actor\\..*|java\\.time\\.(Clock|InstantSource)|"
                            + "org\\.slf4j\\.(Logger|LoggerFactory)|java\\.util\\.concurrent\\..*")
                .check(
                        new ClassFileImporter()
                                .importUrl(
                                        IngestCore.class
                                                .getProtectionDomain()
                                                .getCodeSource()
                                                .getLocation()));
    }
}
