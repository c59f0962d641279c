package io.meridian.dns.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in network order within byte arrays, at any position. */
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
     * @param value its low 16 bits count
     */
    public static void putU16(byte[] bytes, int at, int value) {
        U16.set(bytes, at, (short) value);
    }

    public static long u32(byte[] bytes, int at) {
        return (int) U32.get(bytes, at) & 0xffff_ffffL;
    }

    /** A number that is known to be below 2^31: a count or a position. */
    public static int i32(byte[] bytes, int at) {
        return (int) U32.get(bytes, at);
    }

    /**
     * @param value its low 32 bits count
     */
    public static void putU32(byte[] bytes, int at, long value) {
        U32.set(bytes, at, (int) value);
    }
}
