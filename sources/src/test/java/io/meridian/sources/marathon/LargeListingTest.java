package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Listings through real sockets into a process with a heap of 64 MiB. */
class LargeListingTest {
    @Test
    void aListingLargerThanTheHeapIsReadBecauseItIsNeverInMemoryAsAWhole() throws Exception {
        assertThat(read(100, 200, false)).contains("apps: 100");
    }

    @Test
    void aCompressedListingIsReadToItsLimitAndNoFurther() throws Exception {
        assertThat(read(300, 100, true))
                .contains("the response is larger than 104857600 bytes")
                .contains("listing.max-size");
    }

    private static String read(int mebibytes, int limit, boolean compressed)
            throws IOException, InterruptedException {
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx64m",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                LargeListingMain.class.getName(),
                                String.valueOf(mebibytes),
                                String.valueOf(limit),
                                String.valueOf(compressed))
                        .redirectErrorStream(true)
                        .start();
        try {
            return new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            child.destroyForcibly();
        }
    }
}
