package io.voronode.coordinator.verify;

import io.voronode.coordinator.verify.Finding.Kind;
import io.voronode.proto.internal.v1.RowDigest;
import io.voronode.proto.internal.v1.Stamp;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What follows from what replicas of a partition have under one key. Pure. */
final class RowRules {
    private static final int SHOWN_BYTES = 4;

    private RowRules() {}

    /** What two states, each of its own place in the log, say about each other. */
    enum Verdict {
        EQUAL,
        DIFFERENT,
        /** The key was written between the two places, or may have been. */
        UNKNOWN
    }

    /**
     * Compares what two replicas have under a key. At one place of the log they must have the same. At different places, a row that the
     * later state has was there at the earlier place already if its version is not above that: then the earlier state must have it, too.
     */
    static Verdict judge(RowsSeen one, RowsSeen other, String key) {
        RowsSeen earlier = one.index() <= other.index() ? one : other;
        RowsSeen later = one.index() <= other.index() ? other : one;
        RowDigest before = earlier.row(key);
        RowDigest after = later.row(key);
        if (Objects.equals(before, after)) {
            return Verdict.EQUAL;
        }
        boolean unchangedSince = after != null && after.getVersion() <= earlier.index();
        return earlier.index() == later.index() || unchangedSince ? Verdict.DIFFERENT : Verdict.UNKNOWN;
    }

    /**
     * The state that most replicas have; without a majority that of the first one.
     *
     * @param states by node; null for a replica without the row
     */
    static @Nullable RowDigest expected(String first, Map<String, @Nullable RowDigest> states) {
        Map<@Nullable RowDigest, Integer> votes = new HashMap<>();
        states.values().forEach(state -> votes.merge(state, 1, Integer::sum));
        for (Map.Entry<@Nullable RowDigest, Integer> vote : votes.entrySet()) {
            if (2 * vote.getValue() > states.size()) {
                return vote.getKey();
            }
        }
        return states.get(first);
    }

    /** In which way a state differs from the expected one. */
    static Kind kind(@Nullable RowDigest expected, @Nullable RowDigest found) {
        if (expected == null || found == null) {
            return expected == null ? Kind.ROW_EXTRA : Kind.ROW_MISSING;
        }
        if (expected.getVersion() != found.getVersion()) {
            return Kind.ROW_VERSION;
        }
        if (!expected.getContent().equals(found.getContent())) {
            return Kind.ROW_CONTENT;
        }
        return expected.getStamp().equals(found.getStamp()) ? Kind.ROW_NOT_LISTED : Kind.ROW_STAMP;
    }

    /** A state in words. */
    static String words(@Nullable RowDigest row) {
        if (row == null) {
            return "no row";
        }
        String content = HexFormat.of()
                .formatHex(row.getContent()
                        .substring(0, Math.min(SHOWN_BYTES, row.getContent().size()))
                        .toByteArray());
        return "version " + row.getVersion() + ", content " + content + ", " + place(row);
    }

    private static String place(RowDigest row) {
        if (!row.hasStamp()) {
            return "in no cell";
        }
        Stamp stamp = row.getStamp();
        return "shard " + stamp.getShard() + " cell " + stamp.getCell() + (row.getListed() ? "" : ", not listed");
    }
}
