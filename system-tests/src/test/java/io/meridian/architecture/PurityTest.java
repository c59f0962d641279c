package io.meridian.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import static io.meridian.architecture.House.packagesOf;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClass.Predicates;

import io.meridian.domain.time.Backoff;
import io.meridian.domain.time.SteadyClock;

import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.temporal.TemporalAccessor;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * The domain is a pure function of its arguments: the same observations always give the same
 * events.
 */
class PurityTest {
    private static final Set<String> JAVA_BASE =
            ModuleLayer.boot().findModule("java.base").orElseThrow().getPackages();

    @Test
    void theDomainUsesNothingButJavaBaseAndNullAnnotations() {
        classes()
                .that()
                .resideInAPackage(packagesOf("domain"))
                .should()
                .onlyDependOnClassesThat(ofDomainOrJavaBase())
                .check(House.CLASSES);
    }

    /** Exempt are concurrent maps, which start no thread. */
    @Test
    void theDomainOpensNothingAndStartsNothing() {
        noClasses()
                .that()
                .resideInAPackage(packagesOf("domain"))
                .should()
                .dependOnClassesThat(
                        Predicates.resideInAnyPackage(
                                        "java.net..",
                                        "java.nio.file..",
                                        "java.nio.channels..",
                                        "java.util.concurrent..",
                                        "java.lang.foreign..",
                                        "java.lang.reflect..")
                                .and(not(Predicates.equivalentTo(ConcurrentHashMap.class))))
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, ThreadLocal.class, Process.class, ProcessBuilder.class)
                .check(House.CLASSES);
    }

    /**
     * Exempt are SteadyClock, the clock of the other rooms, and Backoff, whose caller passes the
     * generator.
     */
    @Test
    void theDomainUsesNoClockAndNoRandomness() {
        noClasses()
                .that()
                .resideInAPackage(packagesOf("domain"))
                .and()
                .doNotHaveFullyQualifiedName(SteadyClock.class.getName())
                .and()
                .doNotHaveFullyQualifiedName(Backoff.class.getName())
                .should()
                .dependOnClassesThat(
                        Predicates.assignableTo(RandomGenerator.class)
                                .or(Predicates.assignableTo(Random.class))
                                .or(Predicates.assignableTo(Clock.class)))
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethodWhere(asksTheTime())
                .orShould()
                .callMethodWhere(namesSomethingAtRandom())
                .check(House.CLASSES);
    }

    private static DescribedPredicate<JavaClass> ofDomainOrJavaBase() {
        return describe(
                "are of the domain or java.base",
                type -> {
                    String name = type.getBaseComponentType().getPackageName();
                    return type.getBaseComponentType().isPrimitive()
                            || name.equals("io.meridian.domain")
                            || name.startsWith("io.meridian.domain.")
                            || name.equals("org.jspecify.annotations")
                            || JAVA_BASE.contains(name);
                });
    }

    /** {@code Instant.now()} and similar methods. */
    private static DescribedPredicate<JavaCall<?>> asksTheTime() {
        return describe(
                "asks the time",
                call ->
                        call.getTarget().getName().equals("now")
                                && call.getTargetOwner().isAssignableTo(TemporalAccessor.class));
    }

    private static DescribedPredicate<JavaCall<?>> namesSomethingAtRandom() {
        return describe(
                "makes a random UUID",
                call -> {
                    CodeUnitCallTarget target = call.getTarget();
                    return target.getName().equals("randomUUID")
                            && target.getOwner().isEquivalentTo(java.util.UUID.class);
                });
    }
}
