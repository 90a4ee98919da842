package io.voronode.systemtests.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.systemtests.history.Operation.Kind;
import io.voronode.systemtests.history.Operation.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checker finds what is wrong, and nothing else. */
final class LinearizabilityTest {
    private static final String KEY = "k";
    private static final int RANDOM_HISTORIES = 300;
    private static final int TINY_HISTORIES = 10_000;

    @Test
    void acceptsOverlappingOperationsInEitherOrder() {
        accepts(upsert(1, 0, 10, true), upsert(2, 5, 15, false), read(1, 16, 20));
        accepts(upsert(1, 0, 10, false), upsert(2, 5, 15, true), read(2, 16, 20));
        accepts(upsert(1, 0, 10, false), read(0, 5, 6), read(1, 7, 8));
    }

    @Test
    void findsAStaleRead() {
        refuses("\"value\":1", upsert(1, 0, 10, false), upsert(2, 11, 20, true), read(1, 21, 30));
        refuses("\"value\":0", upsert(1, 0, 100, false), read(1, 10, 20), read(0, 30, 40));
    }

    @Test
    void findsALostWrite() {
        refuses("\"value\":0", upsert(1, 0, 10, false), read(0, 11, 20));
        refuses("\"existed\":false", upsert(1, 0, 10, false), upsert(2, 11, 20, false));
    }

    @Test
    void findsADeletedRecordThatComesBack() {
        refuses("\"value\":1", upsert(1, 0, 10, false), delete(11, 20, true), read(0, 21, 30), read(1, 31, 40));
    }

    @Test
    void findsAWriteThatIsAppliedTwice() {
        refuses(
                "\"value\":1",
                upsert(1, 0, 100, false),
                read(1, 10, 20),
                upsert(2, 30, 40, true),
                read(2, 50, 60),
                read(1, 70, 80));
        Operation again = new Operation(0, KEY, Kind.READ, 1, 77, false, 11, 20, Outcome.OK);
        refuses("applied twice", upsert(1, 0, 10, false), again);
    }

    @Test
    void findsAValueThatNobodyWrote() {
        refuses("\"value\":9", upsert(1, 0, 10, false), read(9, 5, 20));
    }

    @Test
    void anUnansweredWriteMayTakeEffectLateOrNeverButOnce() {
        accepts(lost(1, 0), read(0, 10, 20), read(1, 30, 40), read(1, 50, 60));
        accepts(lost(1, 0), read(0, 10, 20));
        refuses("\"value\":0", lost(1, 0), read(1, 10, 20), read(0, 30, 40));
        refuses("\"value\":1", read(1, 10, 20), lost(1, 30));
    }

    @Test
    void anUnansweredReadSaysNothing() {
        accepts(upsert(1, 0, 10, false), new Operation(0, KEY, Kind.READ, 0, 0, false, 11, 20, Outcome.UNKNOWN));
    }

    @Test
    void acceptsEveryHistoryOfARealRegister() {
        Random random = new Random(5);
        for (int i = 0; i < RANDOM_HISTORIES; i++) {
            List<Operation> history =
                    RandomHistory.ofARegister(KEY, 5 + random.nextInt(200), 1 + random.nextInt(8), random);
            assertThat(Linearizability.violation(history)).as("history %d", i).isEmpty();
        }
    }

    @Test
    void agreesWithAllOrdersOfTinyHistories() {
        Random random = new Random(6);
        int refused = 0;
        for (int i = 0; i < TINY_HISTORIES; i++) {
            List<Operation> history = RandomHistory.ofAnything(KEY, 1 + random.nextInt(6), random);
            boolean expected = AllOrders.explain(history);
            assertThat(Linearizability.violation(history).isEmpty())
                    .as(() -> "history " + history)
                    .isEqualTo(expected);
            refused += expected ? 0 : 1;
        }
        assertThat(refused).isBetween(TINY_HISTORIES / 10, TINY_HISTORIES * 9 / 10);
    }

    @Test
    void aHistoryIsReadBackAsItWasWritten(@TempDir Path folder) {
        History history = new History();
        RandomHistory.ofARegister("a\"b", 50, 4, new Random(7)).forEach(history::add);
        Path file = folder.resolve("kept").resolve("history.jsonl");
        history.write(file);
        History read = History.read(file);
        assertThat(read.operations()).isEqualTo(history.operations());
        assertThat(read.violations()).isEmpty();
    }

    private static void accepts(Operation... history) {
        assertThat(Linearizability.violation(List.of(history))).isEmpty();
    }

    private static void refuses(String named, Operation... history) {
        assertThat(Linearizability.violation(List.of(history)).orElse("accepted"))
                .contains(named);
        List<Operation> reversed = new ArrayList<>(List.of(history)).reversed();
        assertThat(Linearizability.violation(reversed)).isPresent();
    }

    private static Operation upsert(long value, long call, long end, boolean existed) {
        return new Operation(0, KEY, Kind.UPSERT, value, value, existed, call, end, Outcome.OK);
    }

    private static Operation lost(long value, long call) {
        return new Operation(0, KEY, Kind.UPSERT, value, 0, false, call, call + 1, Outcome.UNKNOWN);
    }

    private static Operation delete(long call, long end, boolean existed) {
        return new Operation(0, KEY, Kind.DELETE, Operation.ABSENT, 0, existed, call, end, Outcome.OK);
    }

    private static Operation read(long value, long call, long end) {
        return new Operation(0, KEY, Kind.READ, value, value, false, call, end, Outcome.OK);
    }
}
