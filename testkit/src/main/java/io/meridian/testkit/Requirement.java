package io.meridian.testkit;

import org.opentest4j.TestAbortedException;

import java.util.Optional;

/**
 * Something outside the repository that a test needs. Where the environment variable MERIDIAN_CI is
 * set a missing requirement fails the test. Elsewhere JUnit skips the test with the reason "needs
 * NAME ...", which ./mvnw counts by NAME at the end of a build.
 *
 * @param name a Debian package, or a few words such as "root"
 * @param hint how to install or get the requirement; empty if the name is enough
 */
public record Requirement(String name, String hint) {
    /** Data of other projects, which the repository must not hold. */
    static final Requirement SHARED_FIXTURES =
            new Requirement("shared fixtures", "-Dmeridian.fixtures=DIR");

    /** A requirement that apt-get can install. */
    static Requirement of(SystemPackage missing) {
        return new Requirement(missing.debianName(), "apt-get install " + missing.debianName());
    }

    /** The reason of a skipped test. ./mvnw reads the words up to the colon. */
    String reason() {
        return "needs " + name + ": " + hint;
    }

    /** Whether a missing requirement is a failure. */
    static boolean isStrict() {
        return System.getenv("MERIDIAN_CI") != null;
    }

    /** Fails or skips the running test unless the requirement is met. */
    public void check(boolean met) {
        if (met) {
            return;
        }
        if (isStrict()) {
            throw new AssertionError(reason());
        }
        throw new TestAbortedException(reason());
    }

    /**
     * Fails or skips the running test if a package is missing.
     *
     * @return the path of the package's program
     */
    public static String program(SystemPackage required) {
        Optional<String> program = required.program();
        of(required).check(program.isPresent());
        return program.orElseThrow();
    }

    /** Fails or skips the running test unless this process is root's. */
    public static void root() {
        new Requirement("root", "run the build as root")
                .check("root".equals(System.getProperty("user.name")));
    }
}
