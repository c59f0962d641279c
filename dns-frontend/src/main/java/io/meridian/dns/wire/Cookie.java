package io.meridian.dns.wire;

/**
 * The COOKIE option of one query (RFC 7873): the client's, and after {@link CookieKey#renewed} that
 * of the reply.
 *
 * @param present false if the query has none; the other components are then undefined
 * @param valid whether this server made the server part for this client lately, so that the
 *     client's address is not forged; false before the server has verified it
 * @param client the client part, eight bytes big-endian
 * @param head first eight bytes of the server part: version 1, three bytes 0, four bytes of Unix
 *     seconds (RFC 9018 4); 0 without a server part, or with one that can't be ours
 * @param hash last eight bytes of the server part
 */
public record Cookie(boolean present, boolean valid, long client, long head, long hash) {
    public static final Cookie NONE = new Cookie(false, false, 0, 0, 0);

    static final int OPTION = 10;
    static final int CLIENT_LENGTH = 8;
    static final int SERVER_LENGTH = 16;

    /** Shortest and longest server part of any server (RFC 7873 4). */
    static final int MIN_SERVER = 8;

    static final int MAX_SERVER = 32;

    /** The cookie of a client without a server part. */
    static Cookie of(long client) {
        return new Cookie(true, false, client, 0, 0);
    }

    static Cookie of(long client, long head, long hash) {
        return new Cookie(true, false, client, head, hash);
    }
}
