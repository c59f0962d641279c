package io.meridian.feed.wire;

import java.util.Arrays;

/**
 * Reads what {@link BodyWriter} wrote. Allocates nothing larger than the bytes that are there can
 * fill.
 */
final class BodyReader implements FieldReader {
    private final byte[] body;
    private int at;
    private final String[] texts;

    BodyReader(byte[] body) throws DamagedFrame {
        this.body = body;
        int count = number();
        if (count > left()) { // each text takes a byte or more
            throw damaged(count + " texts don't fit into " + left() + " bytes");
        }
        texts = new String[count];
        for (int i = 0; i < count; i++) {
            texts[i] = newText();
        }
    }

    @Override
    public String text() throws DamagedFrame {
        int place = number();
        if (place >= texts.length) {
            throw damaged("text " + place + " of " + texts.length);
        }
        return texts[place];
    }

    @Override
    public int number() throws DamagedFrame {
        long value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int b = one();
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                if (value > Integer.MAX_VALUE) {
                    throw damaged("number " + value + " is out of range");
                }
                return (int) value;
            }
        }
        throw damaged("number of more than 5 bytes");
    }

    @Override
    public byte[] bytes() throws DamagedFrame {
        int length = number();
        if (length > 255 || length > left()) {
            throw damaged(length + " bytes don't fit");
        }
        at += length;
        return Arrays.copyOfRange(body, at - length, at);
    }

    /** Bytes that are not read yet. */
    int left() {
        return body.length - at;
    }

    private String newText() throws DamagedFrame {
        int length = number();
        if (length > left()) { // each char takes a byte or more
            throw damaged("text of " + length + " chars does not fit into " + left() + " bytes");
        }
        char[] chars = new char[length];
        for (int i = 0; i < length; i++) {
            int b = one();
            if (b < 0x80) {
                chars[i] = (char) b;
            } else if (b >> 5 == 0b110) {
                chars[i] = (char) ((b & 0x1f) << 6 | more());
            } else if (b >> 4 == 0b1110) {
                chars[i] = (char) ((b & 0xf) << 12 | more() << 6 | more());
            } else {
                throw damaged("byte " + b + " begins no char");
            }
        }
        return new String(chars);
    }

    private int more() throws DamagedFrame {
        int b = one();
        if (b >> 6 != 0b10) {
            throw damaged("byte " + b + " continues no char");
        }
        return b & 0x3f;
    }

    private int one() throws DamagedFrame {
        if (at == body.length) {
            throw damaged("body ends too early");
        }
        return body[at++] & 0xff;
    }

    private static DamagedFrame damaged(String why) {
        return new DamagedFrame(DamagedFrame.Fault.CONTENT, why);
    }
}
