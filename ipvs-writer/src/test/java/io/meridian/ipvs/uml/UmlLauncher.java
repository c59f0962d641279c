package io.meridian.ipvs.uml;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Replaces itself by {@code linux.uml} with one ptrace request disabled.
 *
 * <p>User-mode Linux before 6.12 saves its processes' registers with {@code
 * PTRACE_GETREGSET(NT_X86_XSTATE)} into a buffer of fixed size, and the host refuses to take them
 * back (EFAULT, "ptrace set fp regs failed") on CPUs whose state is larger, such as those with AMX.
 * Without that request it falls back to {@code PTRACE_GETFPREGS}, which works anywhere but leaves
 * out the AVX registers; so the guest runs without AVX ({@link UmlKernel}). The request is hidden
 * by a seccomp filter that makes it fail with EIO, which any user may set for himself.
 */
final class UmlLauncher {
    private static final int PR_SET_SECCOMP = 22;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_MODE_FILTER = 2;

    /**
     * struct sock_filter: code, jump if true, jump if false, operand; see linux/filter.h and
     * linux/seccomp.h.
     */
    private static final int[][] FILTER = {
        {0x20, 0, 0, 0}, // load the number of the system call
        {0x15, 0, 4, 101}, // not ptrace (x86-64): allow
        {0x20, 0, 0, 16}, // load its first argument
        {0x15, 1, 0, 0x4204}, // PTRACE_GETREGSET: refuse
        {0x15, 0, 1, 0x4205}, // not PTRACE_SETREGSET: allow
        {0x06, 0, 0, 0x00050000 | 5}, // SECCOMP_RET_ERRNO | EIO
        {0x06, 0, 0, 0x7fff0000}, // SECCOMP_RET_ALLOW
    };

    private UmlLauncher() {}

    /**
     * @param command path of the program, and its arguments
     */
    public static void main(String[] command) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle prctl =
                    find(
                            "prctl",
                            FunctionDescriptor.of(
                                    JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                                    JAVA_LONG));
            MethodHandle execv = find("execv", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
            check(
                    (int) prctl.invokeExact(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L),
                    "prctl(PR_SET_NO_NEW_PRIVS)");
            long program = program(arena).address();
            check(
                    (int)
                            prctl.invokeExact(
                                    PR_SET_SECCOMP, (long) SECCOMP_MODE_FILTER, program, 0L, 0L),
                    "prctl(PR_SET_SECCOMP)");
            MemorySegment arguments = arena.allocate(ADDRESS, command.length + 1);
            for (int i = 0; i < command.length; i++) {
                arguments.setAtIndex(ADDRESS, i, arena.allocateFrom(command[i]));
            }
            check(
                    (int) execv.invokeExact(arguments.getAtIndex(ADDRESS, 0), arguments),
                    "execv " + command[0]);
        }
    }

    /** struct sock_fprog. */
    private static MemorySegment program(Arena arena) {
        MemorySegment filter = arena.allocate(8L * FILTER.length, 8);
        for (int i = 0; i < FILTER.length; i++) {
            filter.set(ValueLayout.JAVA_SHORT, 8L * i, (short) FILTER[i][0]);
            filter.set(ValueLayout.JAVA_BYTE, 8L * i + 2, (byte) FILTER[i][1]);
            filter.set(ValueLayout.JAVA_BYTE, 8L * i + 3, (byte) FILTER[i][2]);
            filter.set(JAVA_INT, 8L * i + 4, FILTER[i][3]);
        }
        MemorySegment program = arena.allocate(16, 8);
        program.set(ValueLayout.JAVA_SHORT, 0, (short) FILTER.length);
        program.set(ADDRESS, 8, filter);
        return program;
    }

    @SuppressWarnings("restricted")
    private static MethodHandle find(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), type);
    }

    private static void check(int result, String what) {
        if (result != 0) {
            throw new IllegalStateException(what + " failed");
        }
    }
}
