package io.voronode.coordinator.verify;

import io.voronode.proto.internal.v1.DigestRowsResponse;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RowDigest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one replica of a partition had under some keys.
 *
 * @param position the state is exactly the one at this place of the log
 * @param rows by key; keys that were asked for and are not here have no row
 */
record RowsSeen(Position position, Map<String, RowDigest> rows) {

    static RowsSeen of(DigestRowsResponse response) {
        Map<String, RowDigest> rows = new HashMap<>();
        response.getRowsList().forEach(row -> rows.put(row.getKey(), row));
        return new RowsSeen(response.getPosition(), rows);
    }

    /** What a replica has that said that it has the same, perhaps at a later place. */
    RowsSeen at(Position later) {
        return new RowsSeen(later, rows);
    }

    long index() {
        return position.getIndex();
    }

    @Nullable
    RowDigest row(String key) {
        return rows.get(key);
    }
}
