package io.meridian.ipvs;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import io.meridian.libc.Errno;
import io.meridian.netlink.Refusal;

import org.junit.jupiter.api.Test;

class WallsTest {
    private static final JavaClasses ROOM =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.meridian.ipvs");

    @Test
    void noClassCallsForeignFunctions() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .check(ROOM);
    }

    @Test
    void thePureCoreDependsOnTheDomainOnly() {
        classes()
                .that()
                .resideInAPackage("io.meridian.ipvs")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(
                                        "io.meridian.ipvs",
                                        "io.meridian.domain..",
                                        "java.lang..",
                                        "java.time..",
                                        "java.util..")
                                .or(belongToAnyOf(Errno.class, Refusal.class)))
                .check(ROOM);
    }

    @Test
    void ofAkkaOnlyTypedActorsAreUsed() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "akka.cluster..", "akka.stream..", "akka.persistence..", "akka.http..")
                .check(ROOM);
    }

    @Test
    void codecsDoNotDependOnTheReconciler() {
        noClasses()
                .that()
                .resideInAPackage("io.meridian.ipvs.netlink")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.meridian.ipvs.reconcile")
                .check(ROOM);
    }
}
