package io.meridian.sources.http;

import java.net.URI;
import java.util.Locale;

/** Reads base URLs of APIs from settings. */
public final class ApiUrl {
    private ApiUrl() {}

    /**
     * A base URL without trailing slash.
     *
     * @param example URL for the message
     * @throws BadSettingException if the text is no {@code http} or {@code https} URL with a host,
     *     or holds more than host, port and path
     */
    public static URI read(SettingsReader in, String key, String text, String example) {
        URI url;
        try {
            url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        } catch (IllegalArgumentException e) {
            throw in.bad(key, "must be URLs such as " + example + ": \"" + text + "\" is not one");
        }
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https")) || url.getHost() == null) {
            throw in.bad(key, "must be http:// or https:// URLs with a host: was \"" + text + "\"");
        }
        if (url.getUserInfo() != null) {
            throw in.bad(
                    key,
                    "must not hold credentials, which have keys of their own under credentials");
        }
        if (url.getQuery() != null || url.getFragment() != null) {
            throw in.bad(key, "must end with the path: was \"" + text + "\"");
        }
        return url;
    }
}
