package io.voronode.embedding;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Sets environment variables of this process for native libraries, which read them by getenv. {@link System#getenv} does not see
 * them: the JVM has copied its own before.
 */
final class NativeEnvironment {
    private NativeEnvironment() {}

    /** Does nothing on a system without POSIX setenv. */
    static void set(String name, String value) {
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("setenv").ifPresent(setenv -> set(linker, setenv, name, value));
    }

    /** Restricted, because a wrong descriptor crashes the process: this is setenv's, as POSIX gives it. */
    @SuppressWarnings("restricted")
    private static void set(Linker linker, MemorySegment setenv, String name, String value) {
        MethodHandle call = linker.downcallHandle(
                setenv,
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int failed = (int) call.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
            if (failed != 0) {
                throw new IllegalStateException("cannot set " + name + " in the environment");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("cannot set " + name + " in the environment", e);
        }
    }
}
