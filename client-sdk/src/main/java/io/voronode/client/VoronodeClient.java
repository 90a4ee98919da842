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
 * Writes answer for each record by itself, so look at the report.
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
     * Survives the loss of a coordinator by sending what was not answered to the next.
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

    /** Who is in the cluster and who holds what. */
    public ClusterInfo describeCluster() {
        return Futures.await(async.describeCluster());
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
