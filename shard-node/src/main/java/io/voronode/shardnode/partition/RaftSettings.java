package io.voronode.shardnode.partition;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** How Ratis is set, with the reason wherever its default is not wanted. */
final class RaftSettings {
    static final int APPENDER_BUFFER_BYTES = 1 << 20;

    private static final int CAUGHT_UP_ENTRIES = 8;

    private RaftSettings() {}

    static RaftProperties of(PartitionHostConfig config, Path storage, Path removed) {
        RaftProperties properties = new RaftProperties();
        transport(properties, config);
        folders(properties, storage, removed);
        elections(properties);
        log(properties, config.limits());
        snapshots(properties);
        return properties;
    }

    private static void transport(RaftProperties properties, PartitionHostConfig config) {
        RaftConfigKeys.Rpc.setType(properties, SupportedRpcType.GRPC);
        GrpcConfigKeys.Server.setHost(properties, config.raftHost());
        GrpcConfigKeys.Server.setPort(properties, config.raftPort());
        // Snapshot chunks of 16 MB, the default, are held in direct memory several at a time.
        RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(properties, SizeInBytes.valueOf(1 << 20));
    }

    /** The defaults are under /tmp. */
    private static void folders(RaftProperties properties, Path storage, Path removed) {
        RaftServerConfigKeys.setStorageDir(properties, List.of(storage.toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(properties, removed.toFile());
    }

    private static void elections(RaftProperties properties) {
        TimeDuration min = TimeDuration.valueOf(1_000, TimeUnit.MILLISECONDS);
        TimeDuration max = TimeDuration.valueOf(2_000, TimeUnit.MILLISECONDS);
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, min);
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, max);
        // A process that starts has usually been away for longer than any leader's silence.
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(
                properties, TimeDuration.valueOf(300, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(
                properties, TimeDuration.valueOf(600, TimeUnit.MILLISECONDS));
        // A new voter counts as caught up within so many entries, and from then on commits need it. The default lets it
        // lack a thousand, of up to a megabyte each.
        RaftServerConfigKeys.setStagingCatchupGap(properties, CAUGHT_UP_ENTRIES);
        // Neither is used: strong reads commit a barrier. Set because the documentation and the code differ on the
        // defaults.
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        RaftServerConfigKeys.Read.setLeaderLeaseEnabled(properties, false);
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, TimeDuration.valueOf(60, TimeUnit.SECONDS));
    }

    private static void log(RaftProperties properties, PartitionLimits limits) {
        // The buffer, in direct memory, must hold the largest entry and 8 bytes.
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf(2 << 20));
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(APPENDER_BUFFER_BYTES));
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(limits.logSegmentBytes()));
        RaftServerConfigKeys.Log.setPreallocatedSize(
                properties, SizeInBytes.valueOf(Math.min(1 << 20, limits.logSegmentBytes())));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        RaftServerConfigKeys.Log.setQueueByteLimit(properties, SizeInBytes.valueOf(32 << 20));
        RaftServerConfigKeys.Log.setCorruptionPolicy(properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
        // Acknowledged means on disk: never flush behind.
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
        // Each metadata entry is one more flush; a restart learns the commit index from the new leader's first entry.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        // Appends of a follower would wait for each other in a chain of futures, which one that fails breaks for ever:
        // an entry
        // that arrives while a snapshot beyond it is put in place, as after a cut link, would be the last this peer
        // took.
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
        RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf(64 << 20));
    }

    private static void snapshots(RaftProperties properties) {
        // After a snapshot Ratis lets go what every peer has committed; LogPurger bounds what is kept for those that
        // are
        // away. A number of entries bounds nothing: they are of a hundred bytes or of a megabyte.
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, false);
        RaftServerConfigKeys.Log.setPurgePreservationLogNum(properties, 0);
        RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, 2);
        // The default of 1 024 entries would make a trigger by bytes do nothing.
        RaftServerConfigKeys.Snapshot.setCreationGap(properties, 1);
    }
}
