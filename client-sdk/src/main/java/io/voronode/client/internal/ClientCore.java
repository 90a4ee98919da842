package io.voronode.client.internal;

/** The parts of one client, wired. Any thread may use it. */
public final class ClientCore implements AutoCloseable {
    private final Transport transport;
    private final CollectionCalls collections;
    private final RecordCalls records;
    private final PayloadCalls payloads;
    private final FilterDeleteCalls filterDeletes;
    private final SearchCalls searches;
    private final ClusterCalls cluster;
    private final VerifyCalls verifications;
    private final SnapshotCalls snapshots;

    public ClientCore(ClientConfig config) {
        this.transport = new Transport(config);
        Retries retries = new Retries(transport);
        Sessions sessions = new Sessions(config.carrySessions());
        this.collections = new CollectionCalls(transport, retries, sessions);
        this.records = new RecordCalls(transport, retries, sessions);
        this.payloads = new PayloadCalls(transport, retries, sessions);
        this.filterDeletes = new FilterDeleteCalls(transport, retries, sessions);
        this.searches = new SearchCalls(transport, retries, sessions);
        this.cluster = new ClusterCalls(transport, retries);
        this.verifications = new VerifyCalls(transport, retries);
        this.snapshots = new SnapshotCalls(transport, retries);
    }

    public CollectionCalls collections() {
        return collections;
    }

    public RecordCalls records() {
        return records;
    }

    public PayloadCalls payloads() {
        return payloads;
    }

    public FilterDeleteCalls filterDeletes() {
        return filterDeletes;
    }

    public SearchCalls searches() {
        return searches;
    }

    public ClusterCalls cluster() {
        return cluster;
    }

    public VerifyCalls verifications() {
        return verifications;
    }

    public SnapshotCalls snapshots() {
        return snapshots;
    }

    @Override
    public void close() {
        transport.close();
    }
}
