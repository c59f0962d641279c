package io.meridian.dns.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads and writes numbers in network order at any index of a byte array. */
public final class BigEndian {
    private static final VarHandle U16 =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle U32 =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private BigEndian() {}

    public static int u16(byte[] bytes, int at) {
        return (short) U16.get(bytes, at) & 0xffff;
    }

    /**
     * @param value the low 16 bits are written
     */
    public static void putU16(byte[] bytes, int at, int value) {
        U16.set(bytes, at, (short) value);
    }

    public static long u32(byte[] bytes, int at) {
        return (int) U32.get(bytes, at) & 0xffff_ffffL;
    }

    /** Reads a count or position, which is below 2^31. */
    public static int i32(byte[] bytes, int at) {
        return (int) U32.get(bytes, at);
    }

    /**
     * @param value the low 32 bits are written
     */
    public static void putU32(byte[] bytes, int at, long value) {
        U32.set(bytes, at, (int) value);
    }
}
