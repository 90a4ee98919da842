package io.voronode.coordinator.write;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CollectionImage;
import java.util.List;

/** A request that has been validated, embedded and stamped. It is sent once, by one thread, which may be another one. */
public final class PreparedWrite {
    private final CollectionImage collection;
    private final ByteString requestId;
    private final List<Draft> drafts;
    private final Results results;

    /**
     * Made by {@link RecordWriter}.
     *
     * @param collection as the image knew it when the stamps were made
     * @param requestId by which repetitions of the request are known
     * @param drafts what is to be written, in the order of the request
     * @param results already answered for records that are not to be written
     */
    PreparedWrite(CollectionImage collection, ByteString requestId, List<Draft> drafts, Results results) {
        this.collection = collection;
        this.requestId = requestId;
        this.drafts = List.copyOf(drafts);
        this.results = results;
    }

    CollectionImage collection() {
        return collection;
    }

    ByteString requestId() {
        return requestId;
    }

    List<Draft> drafts() {
        return drafts;
    }

    Results results() {
        return results;
    }
}
