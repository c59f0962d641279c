package io.meridian.feed.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Rows;
import io.meridian.feed.TableType;
import io.meridian.feed.wire.FeedCodec;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;

class ImageFileTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00.123Z");

    @TempDir Path directory;

    @Test
    void aSavedImageIsLoaded() throws IOException {
        file().save(image(5, 42));
        assertThat(file().read(NOW))
                .isEqualTo(new ImageFile.Saved.Found<>(Rows.snapshot(42, Rows.zones(0, 5))));
    }

    @Test
    void theDirectoryIsCreated() throws IOException {
        new ImageFile<>(TableType.ZONE, directory.resolve("a/b")).save(image(1, 1));
        assertThat(directory.resolve("a/b/zone.image")).exists();
    }

    @Test
    void aMissingFileIsNotAnError() throws IOException {
        assertThat(file().read(NOW)).isEqualTo(new ImageFile.Saved.Absent<ZoneRow>());
    }

    @Test
    void aProcessThatDiedBeforeTheRenameLeavesTheOldImage() throws IOException {
        file().save(image(5, 42));
        byte[] half = Arrays.copyOf(Files.readAllBytes(file().file()), 30);
        Files.write(directory.resolve("zone.image.tmp"), half);
        assertThat(file().read(NOW))
                .isInstanceOfSatisfying(
                        ImageFile.Saved.Found.class,
                        found -> assertThat(found.snapshot().revision()).isEqualTo(42));
        file().save(image(6, 43));
        assertThat(file().read(NOW))
                .isInstanceOfSatisfying(
                        ImageFile.Saved.Found.class,
                        found -> assertThat(found.snapshot().revision()).isEqualTo(43));
        assertThat(directory.resolve("zone.image.tmp")).doesNotExist();
    }

    @Test
    void everyFlippedBitIsDetectedAndTheFileSetAside() throws IOException {
        file().save(image(3, 42));
        byte[] good = Files.readAllBytes(file().file());
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file().file(), bad);
            assertThat(file().read(NOW))
                    .as("bit %d", bit)
                    .isInstanceOf(ImageFile.Saved.SetAside.class);
            assertThat(file().file()).doesNotExist();
        }
        assertThat(directory.resolve("zone.image.damaged-20261122T100000.123Z")).exists();
    }

    @Test
    void everyTruncatedFileIsDetected() throws IOException {
        file().save(image(3, 42));
        byte[] good = Files.readAllBytes(file().file());
        for (int length = 0; length < good.length; length++) {
            Files.write(file().file(), Arrays.copyOf(good, length));
            assertThat(file().read(NOW))
                    .as("length %d", length)
                    .isInstanceOf(ImageFile.Saved.SetAside.class);
        }
    }

    @Test
    void aFrameThatIsNoSnapshotIsSetAside() throws IOException {
        Files.write(file().file(), new FeedCodec<>(TableType.ZONE).unchanged(1, 0));
        assertThat(file().read(NOW)).isInstanceOf(ImageFile.Saved.SetAside.class);
    }

    @Test
    void aLateWriteDoesNotReplaceANewerOne() throws IOException {
        ImageFile<ZoneRow, ZoneImage> file = file();
        file.saveLast(image(5, 42));
        file.save(image(1, 41));
        assertThat(file.read(NOW))
                .isInstanceOfSatisfying(
                        ImageFile.Saved.Found.class,
                        found -> assertThat(found.snapshot().revision()).isEqualTo(42));
    }

    @Test
    void aFailedWriteLeavesTheOldImage() throws IOException {
        file().save(image(5, 42));
        Files.createDirectory(directory.resolve("zone.image.tmp"));
        assertThat(Stream.of(file()).map(ImageFileTest::trySave)).containsExactly(false);
        assertThat(file().read(NOW))
                .isInstanceOfSatisfying(
                        ImageFile.Saved.Found.class,
                        found -> assertThat(found.snapshot().revision()).isEqualTo(42));
    }

    private static boolean trySave(ImageFile<ZoneRow, ZoneImage> file) {
        try {
            file.save(image(6, 43));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private ImageFile<ZoneRow, ZoneImage> file() {
        return new ImageFile<>(TableType.ZONE, directory);
    }

    private static ImageLoader<ZoneRow, ZoneImage> image(int rows, long revision) {
        return ImageLoader.empty(TableType.ZONE, 3)
                .apply(Rows.snapshot(revision, Rows.zones(0, rows)))
                .next();
    }
}
