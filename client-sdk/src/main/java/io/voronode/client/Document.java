package io.voronode.client;

import java.nio.charset.StandardCharsets;

/**
 * Raw bytes kept with a record.
 *
 * @param content the bytes, opaque to the server; borrowed, so do not change them afterwards
 * @param mediaType an RFC 6838 media type such as {@code text/plain}; empty means application/octet-stream
 */
public record Document(byte[] content, String mediaType) {
    private static final String TEXT = "text/plain; charset=utf-8";

    /** A text as UTF-8. */
    public static Document ofText(String text) {
        return new Document(text.getBytes(StandardCharsets.UTF_8), TEXT);
    }

    /** The content read as UTF-8, whatever the media type says. */
    public String asText() {
        return new String(content, StandardCharsets.UTF_8);
    }
}
