package io.meridian.dns;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

class WallsTest {
    private final JavaClasses classes =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.meridian.dns");

    @Test
    void readingAnsweringAndWritingArePure() {
        noClasses()
                .that()
                .resideInAnyPackage("io.meridian.dns.wire", "io.meridian.dns.answer")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.net..",
                        "java.nio.channels..",
                        "java.util.concurrent..",
                        "java.time..",
                        "org.slf4j..",
                        "com.typesafe..",
                        "io.meridian.dns.server",
                        "io.meridian.dns.forward",
                        "io.meridian.feed..")
                .check(classes);
    }

    @Test
    void wireDoesNotDependOnAnswer() {
        noClasses()
                .that()
                .resideInAPackage("io.meridian.dns.wire")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.meridian.dns.answer")
                .check(classes);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.meridian.dns.(*)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void noProductCodeUsesTheOracleOrAkka() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.xbill..", "akka..", "java.sql..", "io.r2dbc..")
                .check(classes);
    }
}
