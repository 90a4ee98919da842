package io.voronode.coordinator.verify;

import io.voronode.coordinator.verify.Finding.Kind;
import io.voronode.proto.internal.v1.IndexRecord;
import io.voronode.proto.internal.v1.RowDigest;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What follows from what a shard's index has under one key, beside the row. Pure. */
final class IndexRules {
    private IndexRules() {}

    /** What the index should have of a row; null where the row is in another shard or nowhere. */
    static @Nullable IndexRecord expected(@Nullable RowDigest row, int shard) {
        if (row == null || !row.hasStamp() || row.getStamp().getShard() != shard) {
            return null;
        }
        return IndexRecord.newBuilder()
                .setKey(row.getKey())
                .setVersion(row.getVersion())
                .setCell(row.getStamp().getCell())
                .build();
    }

    static boolean matches(@Nullable IndexRecord expected, List<IndexRecord> found) {
        return expected == null
                ? found.isEmpty()
                : found.size() == 1 && found.getFirst().equals(expected);
    }

    /**
     * Whether it is proven what the index should have had, from what the row was before it was listed and after.
     *
     * @param beforeIndex place in the log of the state before; the listing contains all up to there
     */
    static boolean isProven(
            @Nullable RowDigest before, @Nullable RowDigest after, long beforeIndex, List<IndexRecord> found) {
        if (before != null && after != null) {
            return before.getVersion() == after.getVersion();
        }
        // Without a row at both ends the key may have been written and deleted in between; not with a version from
        // before.
        return before == null && after == null && found.stream().anyMatch(record -> record.getVersion() <= beforeIndex);
    }

    /** In which way the index differs from what it should have. */
    static Kind kind(@Nullable IndexRecord expected, List<IndexRecord> found) {
        if (expected == null) {
            return Kind.RECORD_EXTRA;
        }
        if (found.size() != 1) {
            return found.isEmpty() ? Kind.RECORD_MISSING : Kind.RECORD_DUPLICATE;
        }
        return found.getFirst().getVersion() == expected.getVersion() ? Kind.RECORD_CELL : Kind.RECORD_VERSION;
    }

    static String words(@Nullable IndexRecord expected) {
        return expected == null ? "no record" : words(List.of(expected));
    }

    static String words(List<IndexRecord> found) {
        return found.isEmpty()
                ? "no record"
                : found.stream().map(IndexRules::one).collect(Collectors.joining("; "));
    }

    private static String one(IndexRecord record) {
        return "version " + record.getVersion() + (record.hasCell() ? ", cell " + record.getCell() : ", no vector");
    }
}
