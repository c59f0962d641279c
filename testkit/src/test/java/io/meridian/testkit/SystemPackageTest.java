package io.meridian.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

class SystemPackageTest {
    private static final Pattern LIST = Pattern.compile("(?m)^packages=\\(([^)]*)\\)$");

    @Test
    void ciInstallsExactlyThePackagesThatTestsNeed() throws IOException {
        Matcher packages = LIST.matcher(Files.readString(Path.of("../.ci/run")));

        assertThat(packages.find()).isTrue();
        assertThat(List.of(packages.group(1).split(" ")))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(SystemPackage.values()).map(SystemPackage::debianName).toList());
    }
}
