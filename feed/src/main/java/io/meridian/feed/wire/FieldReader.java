package io.meridian.feed.wire;

/** Gives the fields of rows, in the order in which they were written. */
public interface FieldReader {
    String text() throws DamagedFrame;

    /** 0 or more. */
    int number() throws DamagedFrame;

    /** At most 255 bytes. */
    byte[] bytes() throws DamagedFrame;
}
