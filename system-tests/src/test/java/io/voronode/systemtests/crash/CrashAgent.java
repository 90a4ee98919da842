package io.voronode.systemtests.crash;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lives in a process of the product and ends it at a point; knows nothing of the test. Any thread may come to the point. */
public final class CrashAgent {
    private static final int SIGKILL = 9;
    private static final ThreadLocal<Integer> PASSED = ThreadLocal.withInitial(() -> 0);

    private static volatile @Nullable Point point;

    private record Point(String type, String method, String before, int count, Path marker) {
        static Point of(String arguments) {
            List<String> words = Arrays.asList(arguments.split(",", 5));
            return new Point(
                    words.get(0), words.get(1), words.get(2), Integer.parseInt(words.get(3)), Path.of(words.get(4)));
        }
    }

    private CrashAgent() {}

    /** Before the main class runs. */
    public static void premain(String arguments, Instrumentation jvm) throws UnmodifiableClassException {
        agentmain(arguments, jvm);
    }

    /** In a process that runs. */
    public static void agentmain(String arguments, Instrumentation jvm) throws UnmodifiableClassException {
        Point chosen = Point.of(arguments);
        point = chosen;
        jvm.addTransformer(new Insertion(chosen), true);
        for (Class<?> loaded : jvm.getAllLoadedClasses()) {
            if (loaded.getName().equals(chosen.type())) {
                jvm.retransformClasses(loaded);
            }
        }
    }

    /** Called by the transformed method. */
    public static void reached() {
        Point here = Objects.requireNonNull(point);
        PASSED.set(PASSED.get() + 1);
        if (PASSED.get() == here.count()) {
            die(here.marker());
        }
    }

    private static synchronized void die(Path marker) {
        try {
            String stack = Arrays.stream(Thread.currentThread().getStackTrace())
                    .map(frame -> "  " + frame)
                    .collect(Collectors.joining("\n"));
            long pid = ProcessHandle.current().pid();
            Files.writeString(
                    marker, "pid " + pid + ", thread " + Thread.currentThread().getName() + "\n" + stack + "\n");
            kill((int) pid);
        } catch (IOException e) {
            throw new IllegalStateException("no file " + marker + " could be left", e);
        }
    }

    /** The JDK has no way to kill its own process like this. */
    @SuppressWarnings("restricted") // a call of the C library is what this is
    private static void kill(int pid) {
        Linker linker = Linker.nativeLinker();
        try {
            int _ = (int) linker.downcallHandle(
                            linker.defaultLookup().find("kill").orElseThrow(),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                    .invokeExact(pid, SIGKILL);
        } catch (Throwable e) {
            throw new IllegalStateException("kill failed", e);
        }
    }

    /** Puts the call of {@link #reached} into one class. */
    private record Insertion(Point point) implements ClassFileTransformer {
        private static final ClassDesc AGENT = ClassDesc.of(CrashAgent.class.getName());
        private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);

        @Override
        public byte @Nullable [] transform(
                @Nullable ClassLoader loader,
                @Nullable String name,
                @Nullable Class<?> loaded,
                @Nullable ProtectionDomain domain,
                byte[] bytes) {
            return point.type().replace('.', '/').equals(name) ? transformed(bytes) : null;
        }

        private byte[] transformed(byte[] bytes) {
            CodeTransform code = (builder, element) -> {
                if (element instanceof InvokeInstruction call && call.name().equalsString(point.before())) {
                    builder.invokestatic(AGENT, "reached", NOTHING);
                }
                builder.with(element);
            };
            ClassFile classFile = ClassFile.of();
            return classFile.transformClass(
                    classFile.parse(bytes),
                    ClassTransform.transformingMethods(
                            method -> method.methodName().equalsString(point.method()),
                            MethodTransform.transformingCode(code)));
        }
    }
}
