package io.voronode.engine.search;

/**
 * What a search did.
 *
 * @param cells cells scanned, empty ones included
 * @param codes one-bit codes scanned
 * @param refined four-bit codes looked at
 * @param vectors live vectors compared with the query
 * @param bytes read of codes and vectors, padding included
 */
public record ScanCounters(int cells, long codes, long refined, long vectors, long bytes) {

    ScanCounters plus(ScanCounters other) {
        return new ScanCounters(
                cells + other.cells,
                codes + other.codes,
                refined + other.refined,
                vectors + other.vectors,
                bytes + other.bytes);
    }
}
