package io.voronode.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a scroll.
 *
 * @param records the records of the page
 * @param nextCursor where the next page starts, opaque; null: this was the last
 */
public record RecordPage(
        List<StoredRecord> records, @Nullable String nextCursor) {

    public RecordPage {
        records = List.copyOf(records);
    }
}
