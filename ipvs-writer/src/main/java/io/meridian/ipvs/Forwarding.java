package io.meridian.ipvs;

/**
 * How the kernel forwards packets to a real server: {@code IP_VS_CONN_F_FWD_MASK}, linux/ip_vs.h.
 */
public enum Forwarding {
    /**
     * IP_VS_CONN_F_MASQ: destination address and port are rewritten; needs one address family on
     * both sides.
     */
    MASQUERADE(0),
    /** IP_VS_CONN_F_LOCALNODE: reported by kernels before 2.6.37 only. */
    LOCAL_NODE(1),
    /** IP_VS_CONN_F_TUNNEL. */
    TUNNEL(2),
    /** IP_VS_CONN_F_DROUTE. */
    DIRECT(3),
    /** IP_VS_CONN_F_BYPASS. */
    BYPASS(4),
    /** 5..7: reserved; kernels accept these numbers. */
    OTHER(5);

    private static final int MASK = 0x7;

    private final int number;

    Forwarding(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /**
     * The method in a real server's flags.
     *
     * @param flags connection flags, of which the lowest three bits count
     */
    public static Forwarding of(int flags) {
        for (Forwarding each : values()) {
            if (each.number == (flags & MASK)) {
                return each;
            }
        }
        return OTHER;
    }
}
