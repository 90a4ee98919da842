package io.voronode.shardnode.shard;

import io.voronode.proto.internal.v1.IndexRecord;
import java.util.List;

/**
 * What an index has of the keys that were asked for.
 *
 * @param records in the order of their keys' UTF-8 bytes; a key that the index has more than once comes as often
 * @param more whether the range goes on behind them
 */
public record RecordList(List<IndexRecord> records, boolean more) {
    public RecordList {
        records = List.copyOf(records);
    }
}
