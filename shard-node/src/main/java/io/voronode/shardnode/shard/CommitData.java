package io.voronode.shardnode.shard;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.Position;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a Lucene commit of a shard replica says beside its segments, as user data, so that documents and cursors are durable together:
 * {@code format} = 2 (1: without the fields of payloads); {@code layout} = kind, metric and digest of the cell map; {@code head.ms} = wall clock
 * time at which the cursors were the heads of the logs; {@code cursor.PARTITION} = lineage (hexadecimal) : index : end of the scan : complete :
 * seen (where it is absent, an earlier build wrote it: as the index).
 *
 * @param layout names what the index was built for
 * @param headAtMs milliseconds since the epoch
 * @param cursors by partition
 */
record CommitData(String layout, long headAtMs, Map<Integer, Cursor> cursors) {
    private static final String FORMAT = "format";
    private static final String FORMAT_VERSION = "2";
    private static final String LAYOUT = "layout";
    private static final String HEAD_MS = "head.ms";
    private static final String CURSOR = "cursor.";

    static CommitData of(String layout, long headAtMs, Collection<Cursor> cursors) {
        Map<Integer, Cursor> byPartition = new TreeMap<>();
        cursors.forEach(cursor -> byPartition.put(cursor.position().getPartition(), cursor));
        return new CommitData(layout, headAtMs, byPartition);
    }

    Map<String, String> encode() {
        Map<String, String> data = new HashMap<>();
        data.put(FORMAT, FORMAT_VERSION);
        data.put(LAYOUT, layout);
        data.put(HEAD_MS, Long.toString(headAtMs));
        cursors.forEach((partition, cursor) -> data.put(CURSOR + partition, encode(cursor)));
        return data;
    }

    private static String encode(Cursor cursor) {
        return HexFormat.of().formatHex(cursor.position().getLineage().toByteArray()) + ":"
                + cursor.position().getIndex() + ":" + cursor.scanEnd() + ":" + cursor.complete() + ":"
                + cursor.seen();
    }

    /** Reads user data; what another version or another layout wrote means a rebuild. */
    static CommitData decode(Map<String, String> data, String expectedLayout) {
        String layout = data.getOrDefault(LAYOUT, "");
        if (!FORMAT_VERSION.equals(data.get(FORMAT)) || !layout.equals(expectedLayout)) {
            throw new RebuildNeededException("the index was built for format " + data.get(FORMAT) + ", " + layout
                    + ", not for " + expectedLayout);
        }
        Map<Integer, Cursor> cursors = new TreeMap<>();
        data.forEach((name, value) -> {
            if (name.startsWith(CURSOR)) {
                int partition = Integer.parseInt(name.substring(CURSOR.length()));
                cursors.put(partition, decode(partition, value));
            }
        });
        return new CommitData(layout, Long.parseLong(data.getOrDefault(HEAD_MS, "0")), cursors);
    }

    private static Cursor decode(int partition, String value) {
        String[] fields = value.split(":", -1);
        Position position = Position.newBuilder()
                .setPartition(partition)
                .setLineage(ByteString.copyFrom(HexFormat.of().parseHex(fields[0])))
                .setIndex(Long.parseLong(fields[1]))
                .build();
        long seen = fields.length > 4 ? Long.parseLong(fields[4]) : position.getIndex();
        return new Cursor(position, seen, Long.parseLong(fields[2]), Boolean.parseBoolean(fields[3]));
    }
}
