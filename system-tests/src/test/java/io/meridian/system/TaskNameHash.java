package io.meridian.system;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The five letters by which Mesos-DNS tells tasks of one name apart: SHA-1 of the task id in
 * z-base-32.
 */
final class TaskNameHash {
    private static final String ALPHABET = "ybndrfg8ejkmcpqxot1uwisza345h769";

    private TaskNameHash() {}

    static String of(String taskId) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-1")
                            .digest(taskId.getBytes(StandardCharsets.UTF_8));
            StringBuilder text = new StringBuilder();
            int bits =
                    (hash[0] & 255) << 24
                            | (hash[1] & 255) << 16
                            | (hash[2] & 255) << 8
                            | hash[3] & 255;
            for (int i = 0; i < 5; i++) {
                text.append(ALPHABET.charAt(bits >>> (27 - 5 * i) & 31));
            }
            return text.toString();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
