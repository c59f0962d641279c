package io.meridian.dns.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Runs the fuzz targets over the corpus and a fixed set of its mutants. The long run, guided by
 * coverage, is {@code bench/fuzz/run}.
 */
class FuzzTest {
    private static final Path CORPUS = Path.of("src/test/resources/fuzz");

    enum Target {
        PACKET(PacketTarget::fuzzerTestOneInput, 20_000),
        RECORD_TEXT(RecordTextTarget::fuzzerTestOneInput, 10_000),
        SETTINGS(SettingsTarget::fuzzerTestOneInput, 1_000);

        private final Consumer<byte[]> run;
        private final int mutants;

        Target(Consumer<byte[]> run, int mutants) {
            this.run = run;
            this.mutants = mutants;
        }

        private List<byte[]> known() throws IOException {
            Path folder = CORPUS.resolve(name().toLowerCase(Locale.ROOT).replace('_', '-'));
            List<byte[]> known = new ArrayList<>();
            if (this == PACKET) {
                known.addAll(SeedPackets.all());
            }
            try (Stream<Path> files = Files.list(folder).sorted()) {
                files.map(Target::bytes).forEach(known::add);
            }
            return known;
        }

        private static byte[] bytes(Path file) {
            try {
                return Files.readAllBytes(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void corpusAndMutantsPassTheFuzzTargets(Target target) throws IOException {
        List<byte[]> known = target.known();
        assertThat(known).hasSizeGreaterThan(5);
        known.forEach(target.run);
        Mutants mutants = new Mutants(known, 20_261_125);
        for (int i = 0; i < target.mutants; i++) {
            target.run.accept(mutants.next());
        }
    }

    @Test
    void queriesDoNotChangeTheImage() {
        SeedPackets.all().forEach(PacketTarget::fuzzerTestOneInput);
        PacketTarget.checkImage();
    }
}
