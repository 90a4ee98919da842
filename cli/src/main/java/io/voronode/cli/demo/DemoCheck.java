package io.voronode.cli.demo;

import io.voronode.cli.Terminal;
import io.voronode.cli.demo.DemoQueries.Expectation;

/** Looks whether searches with a known answer find it. */
final class DemoCheck {
    private final DemoSearch search;
    private final Terminal terminal;

    DemoCheck(DemoSearch search, Terminal terminal) {
        this.search = search;
        this.terminal = terminal;
    }

    /** Whether all are met; says which are. */
    boolean passes() {
        long missing = DemoQueries.EXPECTATIONS.stream()
                .filter(expectation -> !met(expectation))
                .count();
        return missing == 0;
    }

    private boolean met(Expectation expectation) {
        boolean met = search.nouns(expectation.text()).stream().anyMatch(expectation::metBy);
        terminal.err()
                .println("check: \"" + expectation.text() + "\" " + (met ? "finds" : "does not find") + " \""
                        + expectation.word() + "\" within ten");
        return met;
    }
}
