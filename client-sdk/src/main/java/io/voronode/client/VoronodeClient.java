package io.voronode.client;

import io.voronode.client.internal.ClientConfig;
import io.voronode.client.internal.ClientCore;
import io.voronode.client.internal.Futures;
import io.voronode.wire.VoronodeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A client of a Voronode cluster. {@link #search} is where the way of a query begins: it goes to a coordinator, where {@code
 * io.voronode.coordinator.gather.Gather} chooses the cells near it and asks the shards that own them.
 *
 * <pre>{@code
 * try (VoronodeClient client = VoronodeClient.connect("127.0.0.1:7700")) {
 *     client.createCollection(CollectionConfig.builder("articles").dimension(3).build());
 *     client.upsert("articles", VectorRecord.of("a", 0.1f, 0.2f, 0.9f));
 *     client.search("articles", Query.of(0.1f, 0.2f, 0.8f), SearchOptions.top(10)).hits();
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> Any thread may use it, and all should share one. Methods block; {@link #async()} has their twins.
 *
 * <p><b>Errors.</b> All calls fail with a {@link VoronodeException}, whose kind says whose fault it is. Errors that may pass are
 * retried with a jittered back-off, at the next address where there is one, within the deadline: writes can be repeated safely.
 * Writes answer for each record by itself, so look at the report. A write may demand a version of its record ({@link WriteCondition}):
 * with that, read, change and write in a loop loses no other client's change.
 *
 * <p><b>Sessions.</b> A client reads its own writes: it carries the session token of each collection from call to call.
 *
 * <p><b>Sizes.</b> Batches of any size are cut into requests that servers take, sent one after another; the deadline holds for
 * each of these.
 */
public final class VoronodeClient implements AutoCloseable {
    private static final int SCROLL_PAGE = 500;

    private final ClientCore core;
    private final VoronodeAsyncClient async;

    private VoronodeClient(ClientConfig config) {
        this.core = new ClientCore(config);
        this.async = new VoronodeAsyncClient(core);
    }

    /**
     * A client of the coordinators at these addresses, with the defaults of {@link #builder()}. Connects with the first call.
     *
     * @param addresses {@code host:port} each
     */
    public static VoronodeClient connect(String... addresses) {
        Builder builder = builder();
        for (String address : addresses) {
            builder.address(address);
        }
        return builder.build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The same client with futures. */
    public VoronodeAsyncClient async() {
        return async;
    }

    /**
     * Makes a collection; it takes writes and answers searches when this returns.
     *
     * @throws VoronodeException.AlreadyExists where one has that name
     * @throws VoronodeException.BadInput naming the field and the limit
     */
    public CollectionInfo createCollection(CollectionConfig config) {
        return Futures.await(async.createCollection(config));
    }

    /**
     * The configuration of a collection and the state of its index.
     *
     * @throws VoronodeException.NotFound where there is none of that name
     */
    public CollectionInfo getCollection(String name) {
        return Futures.await(async.getCollection(name));
    }

    /** All collections, ordered by name. */
    public List<CollectionInfo> listCollections() {
        return Futures.await(async.listCollections());
    }

    /** Changes what is set in the update; what shapes the index takes effect with the next generation. */
    public CollectionInfo updateCollection(String name, CollectionUpdate update) {
        return Futures.await(async.updateCollection(name, update));
    }

    /** Drops a collection with all its records. */
    public void deleteCollection(String name) {
        Futures.await(async.deleteCollection(name));
    }

    /**
     * Asks for new cells, trained on the records as they are now, and returns the number of the generation that will be built.
     *
     * @throws VoronodeException.Conflict while another is being built, for kind FLAT, or for an empty collection
     */
    public int retrainCollection(String name) {
        return Futures.await(async.retrainCollection(name));
    }

    /** Writes one record and waits until search finds it; the result says what became of it. */
    public WriteResult upsert(String collection, VectorRecord record) {
        return upsert(collection, List.of(record), Wait.DEFAULT).results().get(0);
    }

    /** Writes records whole, replacing those that exist. */
    public WriteReport upsert(String collection, List<VectorRecord> records) {
        return upsert(collection, records, Wait.DEFAULT);
    }

    /** Writes records whole, replacing those that exist. Of two with the same key the later wins. */
    public WriteReport upsert(String collection, List<VectorRecord> records, Wait wait) {
        return Futures.await(async.upsert(collection, records, wait));
    }

    /**
     * Writes any number of records over a stream, which is the fastest way to load many. Reads from the iterator only as fast
     * as the server applies, and tells the listener the results in order; memory is bounded. A thread of the client calls both.
     * Survives the loss of a coordinator by sending what was not answered to the next, where no record is written twice by that.
     *
     * @throws VoronodeException when the stream cannot go on; batches of which the listener was not told may or may not have
     *     been applied, and repeating them is safe
     */
    public UpsertSummary upsertAll(String collection, Iterator<VectorRecord> records, UpsertListener listener) {
        return Futures.await(async.upsertAll(collection, records, listener));
    }

    /** As {@link #upsertAll(String, Iterator, UpsertListener)}. */
    public UpsertSummary upsertAll(String collection, Iterable<VectorRecord> records, UpsertListener listener) {
        return upsertAll(collection, records.iterator(), listener);
    }

    /** Deletes one record and waits until search no longer finds it. An absent key is OK with existed = false. */
    public WriteResult delete(String collection, String key) {
        return delete(collection, List.of(key), Wait.DEFAULT).results().get(0);
    }

    /** Deletes records by key. */
    public WriteReport delete(String collection, List<String> keys, Wait wait) {
        return Futures.await(async.delete(collection, keys, wait));
    }

    /** Deletes one record where it has this version; else the result is CONDITION_FAILED with the version that it has. */
    public WriteResult deleteIf(String collection, String key, long version) {
        return deleteIf(collection, Map.of(key, version), Wait.DEFAULT)
                .results()
                .get(0);
    }

    /**
     * Deletes the records that have these versions, as reads or writes told them; the others are answered CONDITION_FAILED.
     *
     * @param versions by key; the results are in the order of the map
     * @throws VoronodeException.BadInput for version 0
     */
    public WriteReport deleteIf(String collection, Map<String, Long> versions, Wait wait) {
        return Futures.await(async.deleteIf(collection, versions, wait));
    }

    /**
     * Deletes all records whose payload matches a filter, some thousands at a time, until none is left that matched when this was called.
     * A record that somebody writes meanwhile stays, unless it matches again when it is found again. When the call fails, some
     * may be deleted; call again.
     *
     * @throws VoronodeException.Unavailable where not all of the index can be asked
     */
    public FilteredDelete deleteByFilter(String collection, Filter filter) {
        return Futures.await(async.deleteByFilter(collection, filter));
    }

    /** Changes the payload of one record and waits until filters see it; the result is NOT_FOUND where there is no record. */
    public WriteResult updatePayload(String collection, PayloadUpdate update) {
        return updatePayload(collection, List.of(update), Wait.DEFAULT)
                .results()
                .get(0);
    }

    /**
     * Changes payloads of records and leaves their vectors and documents as they are. The server merges where it applies the write: of
     * two clients that merge at the same time none loses its change. Several changes of one key, at most 16, are made in their order.
     */
    public WriteReport updatePayload(String collection, List<PayloadUpdate> updates, Wait wait) {
        return Futures.await(async.updatePayload(collection, updates, wait));
    }

    /** A record by key, vector and document included; empty where there is none. */
    public Optional<StoredRecord> get(String collection, String key) {
        return get(collection, key, ReadOptions.WHOLE);
    }

    /** A record by key; empty where there is none. */
    public Optional<StoredRecord> get(String collection, String key, ReadOptions options) {
        return Futures.await(async.get(collection, key, options));
    }

    /** Records by key, in the order of the keys; keys without a record are left out. */
    public Map<String, StoredRecord> get(String collection, Collection<String> keys, ReadOptions options) {
        return Futures.await(async.get(collection, keys, options));
    }

    /** The number of live records. */
    public long count(String collection) {
        return count(collection, Consistency.DEFAULT);
    }

    /** The number of live records. */
    public long count(String collection, Consistency consistency) {
        return Futures.await(async.count(collection, consistency));
    }

    /** The number of records whose payload matches a filter, exactly, with all that was written before. */
    public long count(String collection, Filter filter) {
        return Futures.await(async.count(collection, filter));
    }

    /**
     * All records of a collection, fetched page by page as the stream is read, each live one once. Records written meanwhile
     * may or may not be seen.
     */
    public Stream<StoredRecord> scroll(String collection, ReadOptions options) {
        Iterator<StoredRecord> records =
                new ScrollIterator(cursor -> Futures.await(async.scroll(collection, cursor, SCROLL_PAGE, options)));
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(records, Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    /**
     * The k records nearest to a query.
     *
     * @throws VoronodeException.Unavailable where less than the wanted share of the cells could be scanned
     */
    public SearchResult search(String collection, Query query, SearchOptions options) {
        return Futures.await(async.search(collection, query, options));
    }

    /** Answers many queries together, in their order: cheaper than as many calls of {@link #search}. */
    public List<SearchResult> batchSearch(String collection, List<Query> queries, SearchOptions options) {
        return Futures.await(async.batchSearch(collection, queries, options));
    }

    /** Why a search does not find a record. Searches again, and exactly, so it costs as much as scanning everything. */
    public WhyNot whyNot(String collection, String key, Query query, SearchOptions options) {
        return Futures.await(async.whyNot(collection, key, query, options));
    }

    /** Who is in the cluster, who holds what, and what moves. */
    public ClusterInfo describeCluster() {
        return Futures.await(async.describeCluster());
    }

    /**
     * Has a node give all its replicas away, and get no new ones until {@link #undrainNode}. Returns at once: it is empty when {@link
     * #describeCluster} says so, and its operation there tells what it waits for.
     *
     * @throws VoronodeException.NotFound where there is no such node
     * @throws VoronodeException.Conflict where it has been removed
     */
    public void drainNode(String node) {
        Futures.await(async.drainNode(node));
    }

    /**
     * Lets a node that was drained take replicas again.
     *
     * @throws VoronodeException.NotFound where there is no such node
     * @throws VoronodeException.Conflict where it has been removed
     */
    public void undrainNode(String node) {
        Futures.await(async.undrainNode(node));
    }

    /**
     * Retires the name of a node for good.
     *
     * @param lost it died and does not come back: what it held is made anew elsewhere at once
     * @throws VoronodeException.NotFound where there is no such node
     * @throws VoronodeException.Conflict where it still holds replicas, or, of one that is said to be lost, where it lives
     */
    public void removeNode(String node, boolean lost) {
        Futures.await(async.removeNode(node, lost));
    }

    /** Whether and how fast replicas move, and which moves are to come; changes nothing. */
    public Rebalancing describeRebalancing() {
        return Futures.await(async.describeRebalancing());
    }

    /** Says whether replicas move from now on. */
    public Rebalancing rebalance(RebalanceMode mode) {
        return Futures.await(async.rebalance(mode));
    }

    /**
     * Holds the building of shard replicas back.
     *
     * @param bytesPerSecond of rows that each node reads for those that are built elsewhere: 0, which is any number, or at least 4 MiB
     * @throws VoronodeException.BadInput where it is less
     */
    public Rebalancing limitScans(long bytesPerSecond) {
        return Futures.await(async.limitScans(bytesPerSecond));
    }

    /**
     * Makes the cluster tree in ZooKeeper anew from what the nodes hold, after it was lost, or brings an older one forward. Records are not
     * changed. It may be repeated, also where it broke off.
     *
     * @param dryRun only tells what would be written
     * @throws VoronodeException.Conflict naming all that is missing or contradicts; nothing is written then
     */
    public RecoveryReport recoverCluster(boolean dryRun) {
        return Futures.await(async.recoverCluster(dryRun));
    }

    /**
     * Compares all copies of a collection, on a cluster that serves: replicas of partitions with each other, replicas of shards with the
     * rows. Takes as long as it takes: the deadline of the client does not count.
     *
     * @throws VoronodeException.NotFound where there is no collection of that name
     */
    public VerifyReport verifyCollection(String collection, VerifyOptions options, VerifyListener listener) {
        return Futures.await(async.verifyCollection(collection, options, listener));
    }

    /**
     * Writes a snapshot of a collection into the folder of the coordinator that is asked. The deadline of the client does not count.
     *
     * @throws VoronodeException.AlreadyExists where a snapshot has that name
     */
    public SnapshotInfo createSnapshot(String collection, String snapshot, SnapshotListener listener) {
        return Futures.await(async.createSnapshot(collection, snapshot, listener));
    }

    /** The snapshots of the coordinator that is asked, ordered by name. */
    public List<SnapshotInfo> listSnapshots() {
        return Futures.await(async.listSnapshots());
    }

    /**
     * Makes a collection of a snapshot; it takes reads and writes when this returns. The deadline of the client does not count.
     *
     * @param collection the name of the new collection; empty: that of the collection that the snapshot was made of
     * @throws VoronodeException.AlreadyExists where a collection has that name
     * @throws VoronodeException.Corruption naming a file of the snapshot that is damaged; nothing is made then
     */
    public CollectionInfo restoreSnapshot(String snapshot, String collection, SnapshotListener listener) {
        return Futures.await(async.restoreSnapshot(snapshot, collection, listener));
    }

    /**
     * Deletes a snapshot of the coordinator that is asked.
     *
     * @throws VoronodeException.NotFound where there is none of that name
     */
    public void deleteSnapshot(String snapshot) {
        Futures.await(async.deleteSnapshot(snapshot));
    }

    /** Ends the connections; calls on their way fail. */
    @Override
    public void close() {
        core.close();
    }

    /** Builds a client; used by one thread. */
    public static final class Builder {
        private final List<String> addresses = new ArrayList<>();
        private Duration deadline = Duration.ofSeconds(30);
        private Duration retryFor = Duration.ofSeconds(15);
        private boolean carrySessions = true;

        private Builder() {}

        /**
         * Adds a coordinator, as {@code host:port}. The client stays with one until that fails, and then turns to the next: at once
         * when it cannot be reached or does not serve, and within two seconds when it falls silent, say because its machine
         * hangs. What was under way there is sent again to the next; a call that only takes long is left alone. A coordinator
         * that failed is passed over for half a minute at most, and may take over again after that, or as soon as the others
         * cannot be reached.
         *
         * <p>Only a client with several addresses notices a silent coordinator before the deadline. For that it asks for the health of
         * one that has not answered for half a second.
         */
        public Builder address(String address) {
            addresses.add(address);
            return this;
        }

        /** The time that each request has, retries included; 30 seconds where it is not set. */
        public Builder deadline(Duration value) {
            this.deadline = value;
            return this;
        }

        /** How long, within the deadline, errors that may pass are retried; 15 seconds where it is not set. */
        public Builder retryFor(Duration value) {
            this.retryFor = value;
            return this;
        }

        /** Whether the client reads its own writes; true where it is not set. */
        public Builder carrySessions(boolean value) {
            this.carrySessions = value;
            return this;
        }

        /**
         * The client; it connects with its first call.
         *
         * @throws IllegalArgumentException where there is no address, or a value makes no sense
         */
        public VoronodeClient build() {
            return new VoronodeClient(new ClientConfig(addresses, deadline, retryFor, carrySessions));
        }
    }
}
