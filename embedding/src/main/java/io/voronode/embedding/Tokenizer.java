package io.voronode.embedding;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Splits texts into the tokens of one model, cut to {@link TextEmbedder#MAX_TOKENS}. Safe for use by any number of
 * threads until it is closed.
 */
final class Tokenizer implements AutoCloseable {

    private final HuggingFaceTokenizer tokenizer;

    private Tokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** {@link NativeLibraries} must be loaded. */
    static Tokenizer of(String json) throws IOException {
        // The tokenizer.json of a model often pads and cuts to a length of its own: override both.
        Map<String, String> options = Map.of(
                "padding", "DO_NOT_PAD",
                "truncation", "LONGEST_FIRST",
                "maxLength", String.valueOf(TextEmbedder.MAX_TOKENS));
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return new Tokenizer(HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(bytes), options));
    }

    Tokens tokens(String text) {
        Encoding encoding = tokenizer.encode(relevantPart(text));
        return new Tokens(encoding.getIds(), encoding.getTypeIds());
    }

    /** Well-formed UTF-16, without leading white space, at most {@link TextEmbedder#MAX_CHARACTERS}. */
    private static String relevantPart(String text) {
        String stripped = text.stripLeading();
        String cut = stripped.substring(0, Math.min(stripped.length(), TextEmbedder.MAX_CHARACTERS));
        // An unpaired surrogate (also one that the cut made) has no UTF-8 form; encoding replaces it by '?'.
        return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
