package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.coordinator.control.Absences.Verdict;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AbsencesTest {
    private static final Duration GRACE = Duration.ofMinutes(5);
    private static final Set<String> ACTIVE = Set.of("n1", "n2", "n3", "n4");

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);
    private final Absences absences = new Absences(GRACE, clock::get);

    private Verdict noteAfter(Duration time, String... answering) {
        clock.addAndGet(time.toNanos());
        return absences.note(ACTIVE, Set.of(answering));
    }

    @Test
    void waitsForTheGraceBeforeANodeCountsAsGone() {
        assertThat(noteAfter(Duration.ZERO, "n1", "n2", "n3", "n4")).isEqualTo(Verdict.ALL_HERE);
        assertThat(noteAfter(Duration.ZERO, "n1", "n2", "n3")).isEqualTo(Verdict.WAIT);
        assertThat(noteAfter(GRACE.minusNanos(1), "n1", "n2", "n3")).isEqualTo(Verdict.WAIT);
        assertThat(noteAfter(Duration.ofNanos(1), "n1", "n2", "n3")).isEqualTo(Verdict.GONE);
    }

    @Test
    void beginsAnewWhenANodeHasAnsweredInBetween() {
        noteAfter(Duration.ZERO, "n1", "n2", "n3");
        noteAfter(GRACE.dividedBy(2), "n1", "n2", "n3", "n4");
        assertThat(noteAfter(GRACE.dividedBy(2), "n1", "n2", "n3")).isEqualTo(Verdict.WAIT);
    }

    @Test
    void waitsForTheNodeThatWentLast() {
        Set<String> six = Set.of("n1", "n2", "n3", "n4", "n5", "n6");
        absences.note(six, Set.of("n1", "n2", "n3", "n4", "n5"));
        clock.addAndGet(GRACE.toNanos());
        assertThat(absences.note(six, Set.of("n1", "n2", "n3", "n4"))).isEqualTo(Verdict.WAIT);
    }

    @Test
    void actsOnNoneWhenMoreThanAThirdIsAway() {
        assertThat(noteAfter(Duration.ZERO, "n1", "n2")).isEqualTo(Verdict.TOO_MANY);
        assertThat(noteAfter(GRACE.multipliedBy(2), "n1", "n2")).isEqualTo(Verdict.TOO_MANY);
        assertThat(absences.note(Set.of("n1", "n2", "n3"), Set.of("n1", "n2"))).isNotEqualTo(Verdict.TOO_MANY);
    }

    @Test
    void theLongDeadDoNotCountWithThoseThatGoNow() {
        noteAfter(Duration.ZERO, "n1", "n2", "n3");
        assertThat(noteAfter(GRACE.plusNanos(1), "n1", "n2")).isEqualTo(Verdict.WAIT);
        assertThat(noteAfter(GRACE, "n1", "n2")).isEqualTo(Verdict.GONE);
    }

    @Test
    void forgetsWhatAnotherReignSaw() {
        noteAfter(Duration.ZERO, "n1", "n2", "n3");
        absences.forget();
        assertThat(noteAfter(GRACE, "n1", "n2", "n3")).isEqualTo(Verdict.WAIT);
    }
}
