package io.voronode.cli.wordnet;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Sums the tag counts of {@code index.sense} by synset. A line there is a word in one meaning: {@code sense_key offset
 * sense_number tag_count}, and the part of speech is the digit after the key's percent sign.
 */
final class TagCounts {

    private TagCounts() {}

    /**
     * The sums above zero, by synset key.
     *
     * @param file hands each line of the file to the given action
     */
    static Map<String, Integer> bySynset(Consumer<Consumer<String>> file) {
        Map<String, Integer> sums = new HashMap<>();
        file.accept(line -> {
            if (!line.endsWith(" 0")) {
                add(line, sums);
            }
        });
        return sums;
    }

    private static void add(String line, Map<String, Integer> sums) {
        int keyEnd = line.indexOf(' ');
        int offsetEnd = line.indexOf(' ', keyEnd + 1);
        PartOfSpeech pos = PartOfSpeech.ofSenseType(line.charAt(line.indexOf('%') + 1));
        int count = Integer.parseInt(line, line.lastIndexOf(' ') + 1, line.length(), 10);
        sums.merge(pos.key(line.substring(keyEnd + 1, offsetEnd)), count, Integer::sum);
    }
}
