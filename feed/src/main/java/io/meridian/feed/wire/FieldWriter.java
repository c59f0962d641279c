package io.meridian.feed.wire;

/** Takes the fields of rows, one after the other. */
public interface FieldWriter {
    /** Any text, lone surrogates too; written once per frame, however often it comes. */
    void text(String value);

    /**
     * @param value 0 or more
     */
    void number(int value);

    /**
     * @param value at most 255 bytes
     */
    void bytes(byte[] value);
}
