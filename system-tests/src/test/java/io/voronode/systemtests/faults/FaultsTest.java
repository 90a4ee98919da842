package io.voronode.systemtests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.voronode.systemtests.Seeds;
import io.voronode.systemtests.faults.FaultRun.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The faults that every build has to survive, on one cluster; {@code scripts/faults.sh} has all of them. */
@Tag("slow")
final class FaultsTest {
    private static final Duration TRAFFIC = Duration.ofSeconds(10);

    /** Builds run beside other things; how soon writes go on is for {@code scripts/faults.sh} to judge. */
    private static final int SLACK = 4;

    private static final long SEED = Seeds.next("FaultsTest");

    private static @Nullable Stage stage;

    @BeforeAll
    static void start(@TempDir Path folder) throws InterruptedException {
        stage = Stage.start(folder);
    }

    @AfterAll
    static void stop() {
        if (stage != null) {
            stage.close();
        }
    }

    static Stream<String> faults() {
        return Stream.of("F1", "F2-all", "F4-flush", "F4-assign", "F5-5s", "F7", "F8-files", "F8-disk");
    }

    @ParameterizedTest
    @MethodSource("faults")
    void nothingIsLostDoubledOrStaleUnderLoadWhen(String name) throws InterruptedException {
        Fault fault = Faults.named(name);
        Verdict verdict = FaultRun.run(fault, Objects.requireNonNull(stage), TRAFFIC, SLACK, SEED);
        assumeFalse(verdict == Verdict.SKIPPED, fault.obstacle(Objects.requireNonNull(stage)));
        assertThat(verdict).as(fault.summary()).isEqualTo(Verdict.OK);
    }
}
