package io.meridian.dns.wire;

/**
 * The COOKIE option of one query (RFC 7873): what the client sent, and after {@link
 * CookieKey#renewed} what we send back.
 *
 * @param present false: the query had none and the other components mean nothing
 * @param valid whether the server part is one that we gave to this client a short while ago, so
 *     that its address is not forged; false until somebody has looked
 * @param client the client part, eight bytes big-endian
 * @param head the server part's first eight bytes: version 1, three bytes 0, four bytes of Unix
 *     seconds (RFC 9018 4); 0 if the client sent no server part, or one that can't be ours
 * @param hash the server part's last eight bytes
 */
public record Cookie(boolean present, boolean valid, long client, long head, long hash) {
    public static final Cookie NONE = new Cookie(false, false, 0, 0, 0);

    static final int OPTION = 10;
    static final int CLIENT_LENGTH = 8;
    static final int SERVER_LENGTH = 16;

    /** Shortest and longest server part of any server (RFC 7873 4). */
    static final int MIN_SERVER = 8;

    static final int MAX_SERVER = 32;

    /** A client that has no server part yet. */
    static Cookie of(long client) {
        return new Cookie(true, false, client, 0, 0);
    }

    static Cookie of(long client, long head, long hash) {
        return new Cookie(true, false, client, head, hash);
    }
}
