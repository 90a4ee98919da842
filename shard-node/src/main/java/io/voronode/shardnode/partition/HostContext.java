package io.voronode.shardnode.partition;

import io.voronode.shardnode.cells.CellMaps;
import io.voronode.shardnode.partition.store.StoreResources;
import java.time.Clock;
import java.util.concurrent.Executor;
import org.apache.ratis.server.RaftServer;

/** What the replicas of one node share. */
record HostContext(
        PartitionLimits limits,
        GroupFiles files,
        Quarantine quarantine,
        FreeSpace freeSpace,
        WritePressure pressure,
        StoreResources resources,
        RaftServer server,
        CellMaps maps,
        Clock clock,
        WriteListener writes,
        Executor completions) {}
