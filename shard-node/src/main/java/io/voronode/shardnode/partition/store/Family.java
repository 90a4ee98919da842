package io.voronode.shardnode.partition.store;

import java.nio.charset.StandardCharsets;

/** The column families of the row store; {@link RowStore} tells what each holds. */
public enum Family {
    HEADS("heads", 8 << 20, false, false),
    BODIES("bodies", 32 << 20, true, false),
    DOCUMENTS("documents", 16 << 20, true, false),
    STAMPS("stamps", 8 << 20, false, false),
    EXPIRIES("expiries", 4 << 20, false, true),
    FEED("feed", 8 << 20, false, true),
    RESULTS("results", 8 << 20, false, false),
    RESULT_TIMES("result_times", 4 << 20, false, true),
    BLOBS("blobs", 8 << 20, true, false),
    META("meta", 1 << 20, false, false);

    private final String familyName;
    private final long memtableBytes;
    private final boolean blobFiles;
    private final boolean inOrder;

    Family(String familyName, long memtableBytes, boolean blobFiles, boolean inOrder) {
        this.familyName = familyName;
        this.memtableBytes = memtableBytes;
        this.blobFiles = blobFiles;
        this.inOrder = inOrder;
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

    /** Whether new keys are greater than all before, as a rule: they are positions or times. */
    boolean inOrder() {
        return inOrder;
    }
}
