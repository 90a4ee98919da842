package io.voronode.cli.wordnet;

import java.util.List;

/**
 * One meaning and the words that express it. Immutable.
 *
 * @param key {@code <pos>-<offset>}, unique and stable for WordNet 3.1, such as {@code noun-00001740}
 * @param pos {@code noun}, {@code verb}, {@code adjective} or {@code adverb}
 * @param category the lexicographer file, such as {@code noun.person}
 * @param words at least one, most usual first, spaces between the parts of a compound
 * @param gloss the explanation whole, with its examples
 * @param definition the explanation before its first quoted example, never blank
 * @param tagCount how often the words were tagged with this meaning in a corpus: a measure of how common it is
 */
public record Synset(
        String key, String pos, String category, List<String> words, String gloss, String definition, int tagCount) {

    public Synset {
        words = List.copyOf(words);
    }
}
