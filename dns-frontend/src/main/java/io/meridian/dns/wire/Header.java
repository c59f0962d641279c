package io.meridian.dns.wire;

/**
 * The parts of a query's header that a reply copies (RFC 1035 4.1.1, RFC 4035 3.2.2).
 *
 * @param id 0..65535
 * @param opcode 0..15; 0 is QUERY
 * @param recursionDesired RD
 * @param checkingDisabled CD
 */
public record Header(int id, int opcode, boolean recursionDesired, boolean checkingDisabled) {
    static final int LENGTH = 12;

    /**
     * @param packet at least 12 bytes
     */
    public static Header read(byte[] packet) {
        int opcode = packet[2] >> 3 & 0xf;
        return new Header(
                (packet[0] & 0xff) << 8 | packet[1] & 0xff,
                opcode,
                opcode == 0 && (packet[2] & 1) != 0,
                opcode == 0 && (packet[3] & 0x10) != 0);
    }
}
