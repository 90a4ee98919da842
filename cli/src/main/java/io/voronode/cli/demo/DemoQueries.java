package io.voronode.cli.demo;

import java.util.List;

/** What the demo searches for, and what it should find. */
final class DemoQueries {

    /**
     * A search that has a right answer.
     *
     * @param text what is searched for
     * @param word one of the first ten hits is a noun with this word, or with a compound that ends with it
     */
    record Expectation(String text, String word) {
        boolean metBy(List<String> words) {
            return words.stream().anyMatch(found -> found.equals(word) || found.endsWith(" " + word));
        }
    }

    static final List<Expectation> EXPECTATIONS = List.of(
            new Expectation("a person who flies airplanes", "pilot"),
            new Expectation("feeling of great happiness", "joy"),
            new Expectation("device for measuring temperature", "thermometer"));

    static final List<String> EXAMPLES = List.of(
            EXPECTATIONS.get(0).text(),
            EXPECTATIONS.get(1).text(),
            EXPECTATIONS.get(2).text(),
            "to move quickly on foot",
            "frozen water falling from the sky");

    private DemoQueries() {}
}
