package io.voronode.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM without the vector module runs on the scalar twins. */
@Tag("slow")
class ScalarFallbackTest {

    private static final long DEADLINE_SECONDS = 60;

    @Test
    void jvmWithoutTheVectorModuleComputesWithScalarKernels(@TempDir Path folder) throws Exception {
        assertThat(kernelsOf(folder)).isEqualTo("ScalarKernels ScalarSegmentKernels 11.0");
        assertThat(kernelsOf(folder, "--add-modules", "jdk.incubator.vector"))
                .isEqualTo("PanamaKernels PanamaSegmentKernels 11.0");
    }

    /** What {@link Report} prints in a JVM with these flags. */
    private static String kernelsOf(Path folder, String... flags) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        java.command().addAll(List.of(flags));
        java.command().addAll(List.of("-cp", System.getProperty("java.class.path"), Report.class.getName()));
        Process process = java.redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output, StandardCharsets.UTF_8).strip();
    }

    /** The other JVM's main class. */
    static final class Report {

        private Report() {}

        public static void main(String[] args) {
            VectorKernels kernels = VectorKernels.best();
            float dot = kernels.dot(new float[] {1, 2}, new float[] {3, 4});
            System.out.println(kernels.getClass().getSimpleName() + " "
                    + SegmentKernels.best().getClass().getSimpleName() + " " + dot);
        }
    }
}
