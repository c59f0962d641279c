package io.meridian.domain.zone;

import io.meridian.domain.net.IpAddress;

/** DNS record types of the tables, with their numbers in the IANA registry. */
public enum RecordType {
    A(1),
    AAAA(28),
    SRV(33),
    CNAME(5),
    PTR(12),
    TXT(16);

    private final int number;

    RecordType(int number) {
        this.number = number;
    }

    /** The type of an address: A or AAAA. */
    public static RecordType of(IpAddress address) {
        return address.isIpv4() ? A : AAAA;
    }

    /** TYPE on the wire. */
    public int number() {
        return number;
    }
}
