package io.voronode.coordinator.gather;

import io.voronode.coordinator.gather.KnownFilters.Selectivity;
import io.voronode.engine.clustering.FilteredProbes;
import org.jspecify.annotations.Nullable;

/**
 * How a filter changes the waves of a search. The first wave is that of a search without a filter, and tells how many records match;
 * for a filter that is known from searches before it takes the next steps at once.
 *
 * <ol>
 *   <li>A shard of which no more than {@link FilteredProbes#EXACT_LIMIT} records match compares all of these at once, in any wave.
 *       When no more seem to match in all shards, a wave of its own asks those that were not asked before; mostly that is the end of the
 *       search, and its answer is exact.
 *   <li>Otherwise more cells are scanned, as {@link FilteredProbes#widened} says.
 *   <li>As long as fewer than k were found, and fewer than match, twice as many cells are scanned.
 * </ol>
 *
 * Used by one thread.
 */
final class FilterPlan {
    private final int k;
    private final FilteredProbes probes;
    private final @Nullable Selectivity known;

    /**
     * A plan for searches of one filter.
     *
     * @param probes says how many cells to scan
     * @param known what the filter let through before; null if nothing is known
     */
    FilterPlan(int k, FilteredProbes probes, @Nullable Selectivity known) {
        this.k = k;
        this.probes = probes;
        this.known = known;
    }

    /** What a query does next. */
    sealed interface Step {}

    /** Nothing. */
    record Done() implements Step {}

    /** Asks the shards that have not told yet how many of their records match, and for those where they are few. */
    record AskOthers() implements Step {}

    /** Scans the nearest cells that were not scanned before, up to so many in all. */
    record Scan(int cells) implements Step {}

    /** What the first wave does beside what it would do without a filter. */
    Step first(QueryScan scan) {
        if (known == null) {
            return new Scan(scan.planned());
        }
        return known.accepted() <= FilteredProbes.EXACT_LIMIT
                ? new AskOthers()
                : new Scan(widened(scan, known.share(), known.share()));
    }

    /** What a query does after a wave. */
    Step next(QueryScan scan) {
        FilterProgress told = scan.filter();
        if (told.allAreComplete()) {
            return new Done();
        }
        if (!told.allHaveTold() && !scan.askedOthers() && told.acceptedEverywhere() <= FilteredProbes.EXACT_LIMIT) {
            return new AskOthers();
        }
        int wanted = widened(scan, told.selectivityNearby(), told.selectivity());
        if (wanted > scan.wanted()) {
            return new Scan(wanted);
        }
        boolean fewer = scan.merge().size() < (told.allHaveTold() ? Math.min(k, told.accepted()) : k);
        if (fewer && scan.wanted() < scan.cellCount()) {
            return new Scan((int) Math.min(scan.cellCount(), 2L * scan.wanted()));
        }
        return new Done();
    }

    private int widened(QueryScan scan, double near, double overall) {
        return Math.min(scan.cellCount(), probes.widened(scan.planned(), near, overall));
    }
}
