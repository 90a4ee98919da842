package io.voronode.benchmarks.server;

/**
 * What a server has written to files, by what it was for, as its meters tell.
 *
 * @param log entries of Raft logs
 * @param rows files of row stores, from memory
 * @param compaction files of row stores in place of others
 * @param index segments, from memory
 * @param merges segments in place of others
 */
record WrittenBytes(long log, long rows, long compaction, long index, long merges) {

    /** What was written since the other was read. */
    WrittenBytes since(WrittenBytes earlier) {
        return new WrittenBytes(
                log - earlier.log,
                rows - earlier.rows,
                compaction - earlier.compaction,
                index - earlier.index,
                merges - earlier.merges);
    }

    long total() {
        return log + rows + compaction + index + merges;
    }
}
