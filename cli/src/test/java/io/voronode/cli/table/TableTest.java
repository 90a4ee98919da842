package io.voronode.cli.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TableTest {
    private static Table hits() {
        return new Table(List.of(Column.number("SCORE"), Column.text("WORDS", 2), Column.text("GLOSS", 2)))
                .row("0.981", "pilot, airplane pilot", "someone who is licensed to operate an aircraft in flight")
                .row("0.72", "joy", "the emotion of great happiness");
    }

    @Test
    void alignsColumnsByTheirWidestCell() {
        assertThat(hits().render(120, false))
                .containsExactly(
                        "SCORE  WORDS                  GLOSS",
                        "0.981  pilot, airplane pilot  someone who is licensed to operate an aircraft in flight",
                        " 0.72  joy                    the emotion of great happiness");
    }

    @Test
    void wrapsAndThenCutsWhatDoesNotFit() {
        assertThat(hits().render(50, false))
                .containsExactly(
                        "SCORE  WORDS                 GLOSS",
                        "0.981  pilot, airplane       someone who is",
                        "       pilot                 licensed to operate…",
                        " 0.72  joy                   the emotion of great",
                        "                             happiness")
                .allSatisfy(line -> assertThat(Text.width(line)).isLessThanOrEqualTo(50));
    }

    @Test
    void colourTouchesOnlyTheHeading() {
        List<String> lines = hits().render(120, true);

        assertThat(lines.get(0)).isEqualTo("\u001b[1mSCORE  WORDS                  GLOSS\u001b[0m");
        assertThat(lines.get(1)).doesNotContain("\u001b");
    }

    @Test
    void takesControlCharactersOutOfCells() {
        Table table = new Table(List.of(Column.word("KEY"))).row("a\u001b[31mb\nc");

        assertThat(table.render(80, false)).containsExactly("KEY", "a [31mb c");
    }

    @Test
    void cutsWordsThatAreLongerThanTheirColumn() {
        assertThat(Text.wrap("abcdefghijklmnop", 6, 2)).containsExactly("abcdef", "ghijk…");
        assertThat(Text.cut("abcdef", 6)).isEqualTo("abcdef");
        assertThat(Text.cut("abc defg", 5)).isEqualTo("abc…");
    }
}
