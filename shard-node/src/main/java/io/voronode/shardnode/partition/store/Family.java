package io.voronode.shardnode.partition.store;

import java.nio.charset.StandardCharsets;

/** The column families of the row store; {@link RowStore} tells what each holds. */
public enum Family {
    HEADS("heads", 8 << 20, false),
    BODIES("bodies", 32 << 20, true),
    DOCUMENTS("documents", 16 << 20, true),
    STAMPS("stamps", 8 << 20, false),
    FEED("feed", 8 << 20, false),
    RESULTS("results", 8 << 20, false),
    RESULT_TIMES("result_times", 4 << 20, false),
    BLOBS("blobs", 8 << 20, true),
    META("meta", 1 << 20, false);

    private final String familyName;
    private final long memtableBytes;
    private final boolean blobFiles;

    Family(String familyName, long memtableBytes, boolean blobFiles) {
        this.familyName = familyName;
        this.memtableBytes = memtableBytes;
        this.blobFiles = blobFiles;
    }

    byte[] nameBytes() {
        return familyName.getBytes(StandardCharsets.US_ASCII);
    }

    long memtableBytes() {
        return memtableBytes;
    }

    boolean blobFiles() {
        return blobFiles;
    }
}
