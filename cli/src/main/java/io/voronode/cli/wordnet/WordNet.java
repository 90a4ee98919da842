package io.voronode.cli.wordnet;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Reads the synsets of WordNet 3.1. Each call reads the files anew (about a second) and keeps nothing, so any
 * thread may call and the memory is the caller's to free.
 */
public final class WordNet {

    private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn31/";

    private static final Comparator<Synset> MOST_FREQUENT_FIRST = Comparator.comparingInt(Synset::tagCount)
            .reversed()
            .thenComparing(synset -> synset.key().substring(synset.key().indexOf('-')))
            .thenComparing(Synset::pos);

    private WordNet() {}

    /**
     * The synsets with the highest summed tag counts, highest first; of equal ones those with the lower offset, then by
     * part of speech. The same list on every machine; all synsets when there are fewer than {@code n}.
     */
    public static List<Synset> mostFrequent(int n) {
        if (n < 0) {
            throw new IllegalArgumentException("cannot take " + n + " synsets: the number must not be negative");
        }
        return all().stream().sorted(MOST_FREQUENT_FIRST).limit(n).toList();
    }

    /** All 117 791 synsets: nouns, verbs, adjectives, adverbs, each in the order of its file. */
    public static List<Synset> all() {
        Map<String, Integer> tagCounts = TagCounts.bySynset(lines -> forEachLine("index.sense", lines));
        List<Synset> synsets = new ArrayList<>(120_000);
        for (PartOfSpeech pos : PartOfSpeech.values()) {
            SynsetParser parser = new SynsetParser(pos, tagCounts);
            forEachLine(pos.file(), line -> parser.parse(line).ifPresent(synsets::add));
        }
        return synsets;
    }

    private static void forEachLine(String file, Consumer<String> action) {
        text(file).lines().forEach(action);
    }

    private static String text(String file) {
        try (InputStream in = WordNet.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new FileNotFoundException(FOLDER + file + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read WordNet's " + file, e);
        }
    }
}
