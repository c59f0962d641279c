package io.meridian.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;

/** Every production class of every room, read once from the class path. */
final class House {
    static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(Predefined.DO_NOT_INCLUDE_TESTS)
                    // Classes that a room offers to other rooms' tests.
                    .withImportOption(location -> !location.contains("-tests.jar"))
                    .importPackages("io.meridian");

    private House() {}

    /** Patterns of all packages of a room, for ArchUnit. */
    static String packagesOf(String room) {
        return "io.meridian." + room + "..";
    }
}
