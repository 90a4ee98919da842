package io.voronode.client.internal;

import io.voronode.wire.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Cuts long lists into requests that servers take. Pure. */
final class Batches {
    /** What one request may carry, with room for the session's token and its other fields. */
    static final int MAX_BYTES = Channels.MAX_MESSAGE_BYTES - Sessions.MAX_TOKEN_BYTES - (1 << 20);

    static final int MAX_RECORDS = 10_000;
    static final int MAX_QUERIES = 1_000;
    /** A record above this is refused by the client: servers take 960 KiB and would have to read all of it to say so. */
    static final int MAX_RECORD_BYTES = 8 << 20;

    private Batches() {}

    /** Consecutive runs of at most maxCount items and maxBytes; an item above maxBytes travels alone. */
    static <T> List<List<T>> split(List<T> items, ToIntFunction<? super T> bytes, int maxCount, int maxBytes) {
        List<List<T>> parts = new ArrayList<>();
        int from = 0;
        long size = 0;
        for (int i = 0; i < items.size(); i++) {
            // Tag and length of an embedded message are at most 6 bytes.
            int next = bytes.applyAsInt(items.get(i)) + 6;
            if (i > from && (i - from == maxCount || size + next > maxBytes)) {
                parts.add(items.subList(from, i));
                from = i;
                size = 0;
            }
            size += next;
        }
        if (from < items.size()) {
            parts.add(items.subList(from, items.size()));
        }
        return parts;
    }
}
