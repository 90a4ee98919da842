package io.voronode.client;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What became of a record in a search.
 *
 * @param distance of the record from the query; empty where it is not live
 * @param rank its place among all records by an exact search, 1 for the nearest; empty beyond 10 000, or where it is not seen
 * @param farthestHitDistance of the last hit of the search; empty without hits
 * @param cell that the record is in; empty where it is not live
 * @param cellRank place of that cell in the ranking for the query, 1 for the nearest
 * @param explanation how the search was answered
 */
public record WhyNot(
        Reason reason,
        OptionalDouble distance,
        OptionalInt rank,
        OptionalDouble farthestHitDistance,
        OptionalInt cell,
        OptionalInt cellRank,
        Explanation explanation) {

    /** Why a search does not find a record. */
    public enum Reason {
        /** It was found. */
        FOUND,
        /** The collection has no live record of this key. */
        NOT_LIVE,
        /** The record is in the collection, but searches do not see it yet. */
        NOT_VISIBLE,
        /** The filter does not match it. */
        FILTERED_OUT,
        /** At least k others are nearer. */
        BEATEN,
        /** It is among the k nearest, but its cell was not scanned. */
        CELL_NOT_SCANNED,
        /** It is among the k nearest and its cell was scanned, but the estimate of its distance spoke against it. */
        LOST_TO_CODES
    }
}
