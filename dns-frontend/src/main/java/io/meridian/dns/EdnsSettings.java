package io.meridian.dns;

import io.meridian.dns.wire.CookieKey;
import io.meridian.dns.wire.MessageWriter;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * Settings of EDNS options (RFC 6891).
 *
 * @param nsid name of this server for clients that ask (RFC 5001), printable ASCII; {@value
 *     #NODE_ID} stands for the node's id; empty: no NSID
 * @param cookieSecrets the first makes server cookies, all are accepted; empty: random secrets
 */
public record EdnsSettings(String nsid, List<CookieKey> cookieSecrets) {
    static final String NODE_ID = "node-id";

    public EdnsSettings {
        cookieSecrets = List.copyOf(cookieSecrets);
    }

    static EdnsSettings from(ConfigReader reader) {
        String rule =
                "printable ASCII text of at most "
                        + MessageWriter.MAX_NSID
                        + " characters, or empty";
        String nsid = reader.text("nsid", rule);
        if (!fits(nsid)) {
            throw ConfigReader.wrong("nsid", rule, nsid);
        }
        return new EdnsSettings(
                nsid, reader.texts("cookie-secrets").stream().map(EdnsSettings::secret).toList());
    }

    private static CookieKey secret(String text) {
        if (!text.matches("[0-9a-fA-F]{" + 2 * CookieKey.LENGTH + "}")) {
            throw ConfigReader.wrong(
                    "cookie-secrets",
                    "a list of secrets of " + 2 * CookieKey.LENGTH + " hexadecimal digits",
                    "one of " + text.length() + " characters"); // keeps secrets out of logs
        }
        return CookieKey.of(HexFormat.of().parseHex(text));
    }

    private static boolean fits(String nsid) {
        return nsid.length() <= MessageWriter.MAX_NSID
                && nsid.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    /**
     * The settings with the node's id in place of {@value #NODE_ID}; without NSID if the id is not
     * valid for it.
     */
    EdnsSettings at(String nodeId) {
        return nsid.equals(NODE_ID)
                ? new EdnsSettings(fits(nodeId) ? nodeId : "", cookieSecrets)
                : this;
    }

    byte[] nsidBytes() {
        return nsid.equals(NODE_ID) ? new byte[0] : nsid.getBytes(StandardCharsets.US_ASCII);
    }
}
