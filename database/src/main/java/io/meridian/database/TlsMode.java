package io.meridian.database;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Whether connections to PostgreSQL use TLS: libpq's {@code sslmode}, without {@code allow}. */
public enum TlsMode {
    /** Never. */
    DISABLE,
    /** If the server supports TLS; the server is not verified. */
    PREFER,
    /** Always; the server is not verified. */
    REQUIRE,
    /** Always; an authority that the client trusts has signed the server's certificate. */
    VERIFY_CA,
    /** As {@link #VERIFY_CA}, and the certificate names the server's host. */
    VERIFY_FULL;

    /** Name in libpq's and the driver's settings, such as {@code verify-ca}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The mode of that label; empty if there is none. */
    public static Optional<TlsMode> parse(String label) {
        return Arrays.stream(values()).filter(mode -> mode.label().equals(label)).findFirst();
    }
}
