package io.voronode.shardnode.shard;

import java.nio.file.Path;

/**
 * What the replicas of a node share.
 *
 * @param dataFolder the node's; indexes lie under it
 * @param feed where changes and rows come from
 * @param cellMaps where cell maps come from
 * @param budget heap and merge threads
 */
public record ShardContext(Path dataFolder, ShardFeed feed, CellMapSource cellMaps, IndexBudget budget) {}
