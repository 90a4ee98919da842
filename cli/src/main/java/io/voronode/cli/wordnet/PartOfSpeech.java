package io.voronode.cli.wordnet;

import java.util.Locale;

/** WordNet's four syntactic categories, in the order in which it numbers them. */
enum PartOfSpeech {
    NOUN("data.noun"),
    VERB("data.verb"),
    ADJECTIVE("data.adj"),
    ADVERB("data.adv");

    private final String file;

    PartOfSpeech(String file) {
        this.file = file;
    }

    /** By the digit after the percent sign of a sense key; 5 is an adjective satellite. */
    static PartOfSpeech ofSenseType(char digit) {
        return switch (digit) {
            case '1' -> NOUN;
            case '2' -> VERB;
            case '3', '5' -> ADJECTIVE;
            case '4' -> ADVERB;
            default -> throw new IllegalArgumentException("unknown synset type " + digit + " in a sense key");
        };
    }

    String file() {
        return file;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The key of a synset: offsets are unique within one file only. */
    String key(String offset) {
        return label() + '-' + offset;
    }
}
