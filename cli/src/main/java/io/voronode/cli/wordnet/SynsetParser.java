package io.voronode.cli.wordnet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one line of a {@code data.*} file (WordNet's manual, wndb(5WN)): {@code offset lex_filenum ss_type w_cnt word
 * lex_id [word lex_id...] p_cnt [pointers...] | gloss}, where w_cnt is hexadecimal. Lines that begin with two spaces are
 * the licence.
 */
final class SynsetParser {

    /** An adjective's place in a sentence: predicative, attributive or right after its noun. */
    private static final List<String> ADJECTIVE_MARKERS = List.of("(p)", "(a)", "(ip)");

    /** What stands between a definition and its first example. */
    private static final String SEPARATORS = ";:,( ";

    private final PartOfSpeech pos;
    private final Map<String, Integer> tagCounts;

    SynsetParser(PartOfSpeech pos, Map<String, Integer> tagCounts) {
        this.pos = pos;
        this.tagCounts = tagCounts;
    }

    /** The synset, or nothing for a line of the licence. */
    Optional<Synset> parse(String line) {
        return line.startsWith("  ") ? Optional.empty() : Optional.of(synset(line));
    }

    private Synset synset(String line) {
        String key = pos.key(line.substring(0, 8));
        String category = LexicographerFiles.name(Integer.parseInt(line, 9, 11, 10));
        int wordCount = Integer.parseInt(line, 14, 16, 16);
        String gloss = line.substring(line.indexOf("| ") + 2).strip();
        return new Synset(
                key,
                pos.label(),
                category,
                words(line, wordCount),
                gloss,
                definition(gloss),
                tagCounts.getOrDefault(key, 0));
    }

    private static List<String> words(String line, int count) {
        List<String> words = new ArrayList<>(count);
        int start = 17;
        for (int i = 0; i < count; i++) {
            int end = line.indexOf(' ', start);
            words.add(withoutMarker(line.substring(start, end)).replace('_', ' '));
            start = line.indexOf(' ', end + 1) + 1;
        }
        return words;
    }

    private static String withoutMarker(String word) {
        for (String marker : ADJECTIVE_MARKERS) {
            if (word.endsWith(marker)) {
                return word.substring(0, word.length() - marker.length());
            }
        }
        return word;
    }

    /** The gloss before its first quoted example; the whole gloss when nothing is before it. */
    static String definition(String gloss) {
        int end = gloss.indexOf('"');
        if (end < 0) {
            end = gloss.length();
        }
        while (end > 0 && SEPARATORS.indexOf(gloss.charAt(end - 1)) >= 0) {
            end--;
        }
        return end == 0 ? gloss : gloss.substring(0, end);
    }
}
