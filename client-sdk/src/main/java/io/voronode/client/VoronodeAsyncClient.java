package io.voronode.client;

import io.voronode.client.internal.ClientCore;
import io.voronode.wire.VoronodeException;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The client with futures: the same calls as {@link VoronodeClient}, which is built on it and describes them. Any thread may use
 * it; {@link VoronodeClient#async()} makes it and closes it.
 *
 * <p>A future that fails does so with a {@link VoronodeException}. It completes on a thread of the client: what is chained to it
 * must not block. Cancelling it cancels the call; a write may be applied nevertheless.
 */
public final class VoronodeAsyncClient {
    private final ClientCore core;

    VoronodeAsyncClient(ClientCore core) {
        this.core = core;
    }

    /** See {@link VoronodeClient#createCollection}. */
    public CompletableFuture<CollectionInfo> createCollection(CollectionConfig config) {
        return core.collections().create(config);
    }

    /** See {@link VoronodeClient#getCollection}. */
    public CompletableFuture<CollectionInfo> getCollection(String name) {
        return core.collections().get(name);
    }

    /** See {@link VoronodeClient#listCollections}. */
    public CompletableFuture<List<CollectionInfo>> listCollections() {
        return core.collections().list();
    }

    /** See {@link VoronodeClient#updateCollection}. */
    public CompletableFuture<CollectionInfo> updateCollection(String name, CollectionUpdate update) {
        return core.collections().update(name, update);
    }

    /** See {@link VoronodeClient#deleteCollection}. */
    public CompletableFuture<Void> deleteCollection(String name) {
        return core.collections().delete(name);
    }

    /** See {@link VoronodeClient#retrainCollection}. */
    public CompletableFuture<Integer> retrainCollection(String name) {
        return core.collections().retrain(name);
    }

    /** See {@link VoronodeClient#upsert(String, List, Wait)}. */
    public CompletableFuture<WriteReport> upsert(String collection, List<VectorRecord> records, Wait wait) {
        return core.records().upsert(collection, records, wait);
    }

    /** See {@link VoronodeClient#upsert(String, List)}. */
    public CompletableFuture<WriteReport> upsert(String collection, List<VectorRecord> records) {
        return upsert(collection, records, Wait.DEFAULT);
    }

    /** See {@link VoronodeClient#upsertAll}. The iterator and the listener are called by a thread of the client. */
    public CompletableFuture<UpsertSummary> upsertAll(
            String collection, Iterator<VectorRecord> records, UpsertListener listener) {
        return core.records().upsertAll(collection, records, listener);
    }

    /** See {@link VoronodeClient#delete(String, List, Wait)}. */
    public CompletableFuture<WriteReport> delete(String collection, List<String> keys, Wait wait) {
        return core.records().delete(collection, keys, wait);
    }

    /** See {@link VoronodeClient#deleteIf(String, Map, Wait)}. */
    public CompletableFuture<WriteReport> deleteIf(String collection, Map<String, Long> versions, Wait wait) {
        return core.records().deleteIf(collection, versions, wait);
    }

    /** See {@link VoronodeClient#deleteByFilter}. */
    public CompletableFuture<FilteredDelete> deleteByFilter(String collection, Filter filter) {
        return core.filterDeletes().delete(collection, filter);
    }

    /** See {@link VoronodeClient#count(String, Filter)}. */
    public CompletableFuture<Long> count(String collection, Filter filter) {
        return core.filterDeletes().count(collection, filter);
    }

    /** See {@link VoronodeClient#updatePayload(String, List, Wait)}. */
    public CompletableFuture<WriteReport> updatePayload(String collection, List<PayloadUpdate> updates, Wait wait) {
        return core.payloads().update(collection, updates, wait);
    }

    /** See {@link VoronodeClient#get(String, String, ReadOptions)}. */
    public CompletableFuture<Optional<StoredRecord>> get(String collection, String key, ReadOptions options) {
        return core.records()
                .get(collection, List.of(key), options)
                .thenApply(found -> Optional.ofNullable(found.get(key)));
    }

    /** See {@link VoronodeClient#get(String, Collection, ReadOptions)}. */
    public CompletableFuture<Map<String, StoredRecord>> get(
            String collection, Collection<String> keys, ReadOptions options) {
        return core.records().get(collection, keys, options);
    }

    /** See {@link VoronodeClient#count(String, Consistency)}. */
    public CompletableFuture<Long> count(String collection, Consistency consistency) {
        return core.records().count(collection, ReadOptions.DEFAULT.with(consistency));
    }

    /**
     * One page of the records of a collection, in an order that does not change.
     *
     * @param cursor where the page before ended, as it said; empty for the first page
     * @param limit 1 to 1 000 records; a page may be shorter
     */
    public CompletableFuture<RecordPage> scroll(String collection, String cursor, int limit, ReadOptions options) {
        return core.records().scroll(collection, cursor, limit, options);
    }

    /** See {@link VoronodeClient#search}. */
    public CompletableFuture<SearchResult> search(String collection, Query query, SearchOptions options) {
        return core.searches().search(collection, query, options);
    }

    /** See {@link VoronodeClient#batchSearch}. */
    public CompletableFuture<List<SearchResult>> batchSearch(
            String collection, List<Query> queries, SearchOptions options) {
        return core.searches().batchSearch(collection, queries, options);
    }

    /** See {@link VoronodeClient#whyNot}. */
    public CompletableFuture<WhyNot> whyNot(String collection, String key, Query query, SearchOptions options) {
        return core.searches().whyNot(collection, key, query, options);
    }

    /** See {@link VoronodeClient#describeCluster}. */
    public CompletableFuture<ClusterInfo> describeCluster() {
        return core.cluster().describe();
    }

    /** See {@link VoronodeClient#drainNode}. */
    public CompletableFuture<Void> drainNode(String node) {
        return core.cluster().drain(node);
    }

    /** See {@link VoronodeClient#undrainNode}. */
    public CompletableFuture<Void> undrainNode(String node) {
        return core.cluster().undrain(node);
    }

    /** See {@link VoronodeClient#removeNode}. */
    public CompletableFuture<Void> removeNode(String node, boolean lost) {
        return core.cluster().remove(node, lost);
    }

    /** See {@link VoronodeClient#describeRebalancing}. */
    public CompletableFuture<Rebalancing> describeRebalancing() {
        return core.cluster().plan();
    }

    /** See {@link VoronodeClient#rebalance}. */
    public CompletableFuture<Rebalancing> rebalance(RebalanceMode mode) {
        return core.cluster().rebalance(mode);
    }

    /** See {@link VoronodeClient#limitScans}. */
    public CompletableFuture<Rebalancing> limitScans(long bytesPerSecond) {
        return core.cluster().limitScans(bytesPerSecond);
    }

    /** See {@link VoronodeClient#recoverCluster}. */
    public CompletableFuture<RecoveryReport> recoverCluster(boolean dryRun) {
        return core.cluster().recover(dryRun);
    }

    /** See {@link VoronodeClient#verifyCollection}. A thread of the client calls the listener. */
    public CompletableFuture<VerifyReport> verifyCollection(
            String collection, VerifyOptions options, VerifyListener listener) {
        return core.verifications().verify(collection, options, listener);
    }

    /** See {@link VoronodeClient#createSnapshot}. A thread of the client calls the listener. */
    public CompletableFuture<SnapshotInfo> createSnapshot(
            String collection, String snapshot, SnapshotListener listener) {
        return core.snapshots().create(collection, snapshot, listener);
    }

    /** See {@link VoronodeClient#listSnapshots}. */
    public CompletableFuture<List<SnapshotInfo>> listSnapshots() {
        return core.snapshots().list();
    }

    /** See {@link VoronodeClient#restoreSnapshot}. A thread of the client calls the listener. */
    public CompletableFuture<CollectionInfo> restoreSnapshot(
            String snapshot, String collection, SnapshotListener listener) {
        return core.snapshots().restore(snapshot, collection, listener);
    }

    /** See {@link VoronodeClient#deleteSnapshot}. */
    public CompletableFuture<Void> deleteSnapshot(String snapshot) {
        return core.snapshots().delete(snapshot);
    }
}
