package io.meridian.dns.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Mutates packets of the corpus, deterministically by seed. */
final class Mutants {
    /** Significant bytes of messages: label lengths, pointers, types, limits of numbers. */
    private static final byte[] TELLING = {
        0,
        1,
        2,
        3,
        10,
        11,
        12,
        28,
        33,
        41,
        63,
        64,
        127,
        (byte) 0x80,
        (byte) 0xc0,
        (byte) 0xfa,
        (byte) 0xfb,
        (byte) 0xfc,
        (byte) 0xff
    };

    private final List<byte[]> known;
    private final SplittableRandom random;

    Mutants(List<byte[]> known, long seed) {
        this.known = known;
        this.random = new SplittableRandom(seed);
    }

    byte[] next() {
        byte[] bytes = any().clone();
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            bytes = mutated(bytes);
        }
        return bytes;
    }

    private byte[] any() {
        return known.get(random.nextInt(known.size()));
    }

    private byte[] mutated(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> joined(Arrays.copyOf(bytes, at), tail(any()));
            case 2 -> joined(bytes, tail(any()));
            case 3 -> {
                byte[] inserted = joined(Arrays.copyOf(bytes, at), new byte[] {telling()});
                yield joined(inserted, Arrays.copyOfRange(bytes, at, bytes.length));
            }
            default -> {
                if (bytes.length > 0) {
                    int place = at % bytes.length;
                    bytes[place] =
                            random.nextBoolean()
                                    ? telling()
                                    : (byte) (bytes[place] ^ 1 << random.nextInt(8));
                }
                yield bytes;
            }
        };
    }

    private byte telling() {
        return TELLING[random.nextInt(TELLING.length)];
    }

    private byte[] tail(byte[] bytes) {
        return Arrays.copyOfRange(bytes, random.nextInt(bytes.length + 1), bytes.length);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
