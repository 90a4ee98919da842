package io.voronode.engine.search;

/**
 * What a search did.
 *
 * @param cells cells scanned, empty ones included
 * @param codes vectors looked through by their codes
 * @param refined records of codes looked at; all that may be hits where there are no shorter codes
 * @param vectors live vectors compared with the query
 * @param bytes read of codes and vectors, padding included
 * @param met documents of the scanned cells of which it was looked up whether they may be hits; with codes, only those that seemed near
 *     enough
 * @param metAccepted those of them that may
 */
public record ScanCounters(int cells, long codes, long refined, long vectors, long bytes, long met, long metAccepted) {

    /** Of a search that has not begun. */
    public static final ScanCounters NONE = new ScanCounters(0, 0, 0, 0, 0, 0, 0);

    ScanCounters plus(ScanCounters other) {
        return new ScanCounters(
                cells + other.cells,
                codes + other.codes,
                refined + other.refined,
                vectors + other.vectors,
                bytes + other.bytes,
                met + other.met,
                metAccepted + other.metAccepted);
    }
}
