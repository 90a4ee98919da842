package io.voronode.client;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Walks through pages, fetching each when the one before is used up. Used by one thread. */
final class ScrollIterator implements Iterator<StoredRecord> {
    private final Function<String, RecordPage> fetch;
    private @Nullable String nextCursor = "";
    private Iterator<StoredRecord> page = List.<StoredRecord>of().iterator();

    ScrollIterator(Function<String, RecordPage> fetch) {
        this.fetch = fetch;
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && nextCursor != null) {
            RecordPage fetched = fetch.apply(nextCursor);
            page = fetched.records().iterator();
            nextCursor = fetched.nextCursor();
        }
        return page.hasNext();
    }

    @Override
    public StoredRecord next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the last page is used up");
        }
        return page.next();
    }
}
