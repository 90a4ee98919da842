package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;

/**
 * A cell map that has been trained and stored.
 *
 * @param partition that keeps it as a blob
 * @param rows live rows when it was trained
 */
record TrainedMap(ByteString digest, int partition, int cells, int shards, float imbalance, long rows) {}
