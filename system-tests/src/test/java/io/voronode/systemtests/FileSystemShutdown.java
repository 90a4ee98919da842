package io.voronode.systemtests;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * The ioctl {@code EXT4_IOC_SHUTDOWN}, by which a file system is left as if its power had been cut: its journal is not written any more,
 * dirty pages never reach it, and every call answers EIO. The JDK has no way to it but the C library.
 */
final class FileSystemShutdown {
    private static final long SHUTDOWN = 0x8004587DL;
    private static final int NO_LOG_FLUSH = 2;
    private static final int READ_ONLY = 0;

    private FileSystemShutdown() {}

    /** Needs the rights of root. */
    static void withoutLogFlush(Path mountPoint) {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle open = function("open", 2, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
            MethodHandle ioctl = function(
                    "ioctl", 2, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);
            MethodHandle close = function("close", 1, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
            int file = (int) open.invokeExact(arena.allocateFrom(mountPoint.toString()), READ_ONLY);
            MemorySegment flags = arena.allocateFrom(ValueLayout.JAVA_INT, NO_LOG_FLUSH);
            int result = (int) ioctl.invokeExact(file, SHUTDOWN, flags);
            int closed = (int) close.invokeExact(file);
            if (file < 0 || result != 0 || closed != 0) {
                throw new AssertionError("shutdown of " + mountPoint + ": open " + file + ", ioctl " + result);
            }
        } catch (Throwable e) {
            throw new AssertionError("no shutdown of " + mountPoint, e);
        }
    }

    /** The parameters from {@code variadic} on are those of the "…" of its declaration, if it has one. */
    @SuppressWarnings("restricted") // a call of the C library is what this is
    private static MethodHandle function(String name, int variadic, MemoryLayout result, MemoryLayout... parameters) {
        Linker linker = Linker.nativeLinker();
        MemorySegment address = linker.defaultLookup().find(name).orElseThrow();
        FunctionDescriptor type = FunctionDescriptor.of(result, parameters);
        return variadic < parameters.length
                ? linker.downcallHandle(address, type, Linker.Option.firstVariadicArg(variadic))
                : linker.downcallHandle(address, type);
    }
}
