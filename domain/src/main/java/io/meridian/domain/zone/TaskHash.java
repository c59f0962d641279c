package io.meridian.domain.zone;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The short hash in a task's own name in Mesos-DNS, by which tasks of one service differ (specs:
 * mesos-dns 1.2).
 */
public final class TaskHash {
    private static final String ALPHABET = "ybndrfg8ejkmcpqxot1uwisza345h769"; // z-base-32
    private static final int LENGTH = 5;
    private static final MessageDigest SHA_1 = sha1();

    private TaskHash() {}

    /**
     * The first 5 characters of the z-base-32 text of the id's SHA-1, most significant bits first.
     */
    public static String of(String taskId) {
        byte[] hash = sha1(taskId);
        int bits =
                (hash[0] & 0xff) << 24
                        | (hash[1] & 0xff) << 16
                        | (hash[2] & 0xff) << 8
                        | hash[3] & 0xff;
        StringBuilder text = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            text.append(ALPHABET.charAt(bits >>> 27 - 5 * i & 31));
        }
        return text.toString();
    }

    /** Prototype to clone: a lookup of the algorithm costs more than the hash of an id. */
    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-1", e);
        }
    }

    private static byte[] sha1(String text) {
        try {
            MessageDigest digest = (MessageDigest) SHA_1.clone();
            return digest.digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("Java's own SHA-1 can be copied", e);
        }
    }
}
