package io.meridian.feed.wire;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A frame's body: the texts, each once, then the fields, texts as their place in that list. Used
 * once, by one thread.
 *
 * <p>Numbers are unsigned LEB128. Texts are written char by char, 1 to 3 bytes each as UTF-8 would:
 * unlike real UTF-8 that loses no string, not even one with half a surrogate pair.
 */
final class BodyWriter implements FieldWriter {
    private final Bytes texts = new Bytes();
    private final Bytes fields = new Bytes();
    private final Map<String, Integer> places = new HashMap<>();

    @Override
    public void text(String value) {
        Integer place = places.get(value);
        if (place == null) {
            place = places.size();
            places.put(value, place);
            texts.text(value);
        }
        fields.number(place);
    }

    @Override
    public void number(int value) {
        if (value < 0) {
            throw new IllegalArgumentException("fields are numbers of 0 or more: was " + value);
        }
        fields.number(value);
    }

    @Override
    public void bytes(byte[] value) {
        if (value.length > 255) {
            throw new IllegalArgumentException(
                    "fields of bytes have at most 255: was " + value.length);
        }
        fields.number(value.length);
        for (byte b : value) {
            fields.one(b);
        }
    }

    byte[] done() {
        Bytes count = new Bytes();
        count.number(places.size());
        byte[] body = Arrays.copyOf(count.bytes, count.length + texts.length + fields.length);
        System.arraycopy(texts.bytes, 0, body, count.length, texts.length);
        System.arraycopy(fields.bytes, 0, body, count.length + texts.length, fields.length);
        return body;
    }

    private static final class Bytes {
        private byte[] bytes = new byte[64];
        private int length;

        void one(int value) {
            if (length == bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * length);
            }
            bytes[length++] = (byte) value;
        }

        void number(int value) {
            int rest = value;
            while (rest >>> 7 != 0) {
                one(rest & 0x7f | 0x80);
                rest >>>= 7;
            }
            one(rest);
        }

        void text(String value) {
            number(value.length());
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c < 0x80) {
                    one(c);
                } else if (c < 0x800) {
                    one(0xc0 | c >> 6);
                    one(0x80 | c & 0x3f);
                } else {
                    one(0xe0 | c >> 12);
                    one(0x80 | c >> 6 & 0x3f);
                    one(0x80 | c & 0x3f);
                }
            }
        }
    }
}
