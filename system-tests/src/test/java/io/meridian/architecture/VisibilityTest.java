package io.meridian.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/** A type is public only if main code of another package uses it; the ratchet lists the others. */
class VisibilityTest {
    @Test
    void publicTypesAreUsedByAnotherPackage() throws IOException {
        SortedMap<String, Integer> unused = new TreeMap<>();
        for (JavaClass type : House.CLASSES) {
            if (type.isTopLevelClass()
                    && type.getModifiers().contains(JavaModifier.PUBLIC)
                    && !isUsedElsewhere(type)) {
                unused.put(type.getName(), 1);
            }
        }
        assertThat(Ratchet.findings("public.txt", unused)).isEmpty();
    }

    /** Uses of its nested types count as uses of the type. */
    private static boolean isUsedElsewhere(JavaClass type) {
        return House.CLASSES.stream()
                .filter(
                        each ->
                                each.getName().equals(type.getName())
                                        || each.getName().startsWith(type.getName() + "$"))
                .flatMap(each -> each.getDirectDependenciesToSelf().stream())
                .anyMatch(
                        use ->
                                !use.getOriginClass()
                                        .getPackageName()
                                        .equals(type.getPackageName()));
    }
}
