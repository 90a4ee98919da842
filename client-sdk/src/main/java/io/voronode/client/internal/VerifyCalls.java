package io.voronode.client.internal;

import io.voronode.client.VerifyDifference;
import io.voronode.client.VerifyDifference.Kind;
import io.voronode.client.VerifyListener;
import io.voronode.client.VerifyOptions;
import io.voronode.client.VerifyReport;
import io.voronode.proto.v1.Difference;
import io.voronode.proto.v1.DifferenceKind;
import io.voronode.proto.v1.VerifyCollectionRequest;
import io.voronode.proto.v1.VerifyCollectionResponse;
import io.voronode.proto.v1.VerifyServiceGrpc;
import io.voronode.proto.v1.VerifySummary;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** The calls of VerifyService. Any thread may use it. */
public final class VerifyCalls {
    private static final String PREFIX = "DIFFERENCE_KIND_";

    private final Transport transport;
    private final Retries retries;

    VerifyCalls(Transport transport, Retries retries) {
        this.transport = transport;
        this.retries = retries;
    }

    public CompletableFuture<VerifyReport> verify(String collection, VerifyOptions options, VerifyListener listener) {
        VerifyCollectionRequest request = VerifyCollectionRequest.newBuilder()
                .setCollection(collection)
                .setRepair(options.repair())
                .setMaxDifferences(options.maxDifferences())
                .setRecordsPerSecond(options.recordsPerSecond())
                .build();
        return retries.run((address, timeout) -> EventCall.start(
                transport,
                VerifyServiceGrpc.getVerifyCollectionMethod(),
                request,
                address,
                event -> told(event, listener)));
    }

    /** The report, where the event is the last. */
    private static Optional<VerifyReport> told(VerifyCollectionResponse event, VerifyListener listener) {
        switch (event.getEventCase()) {
            case PROGRESS ->
                listener.progress(
                        event.getProgress().getRound(),
                        event.getProgress().getCompared(),
                        event.getProgress().getTotal());
            case DIFFERENCE -> listener.difference(difference(event.getDifference()));
            case REPAIR ->
                listener.repairing(
                        event.getRepair().getGeneration(),
                        event.getRepair().getShard(),
                        event.getRepair().getNode(),
                        event.getRepair().getDone());
            case SUMMARY -> {
                return Optional.of(report(event.getSummary()));
            }
            case EVENT_NOT_SET -> {
                // Of a newer server.
            }
        }
        return Optional.empty();
    }

    private static VerifyReport report(VerifySummary summary) {
        return new VerifyReport(
                summary.getCompared(),
                summary.getDifferences(),
                summary.getUnsettled(),
                summary.getRepaired(),
                summary.getPartitionReplicas(),
                summary.getShardReplicas());
    }

    private static VerifyDifference difference(Difference difference) {
        return new VerifyDifference(
                kind(difference.getKind()),
                difference.getKey(),
                difference.hasPartition() ? OptionalInt.of(difference.getPartition()) : OptionalInt.empty(),
                difference.hasGeneration() ? OptionalInt.of(difference.getGeneration()) : OptionalInt.empty(),
                difference.hasShard() ? OptionalInt.of(difference.getShard()) : OptionalInt.empty(),
                difference.getNode(),
                difference.getExpected(),
                difference.getFound());
    }

    private static Kind kind(DifferenceKind kind) {
        return kind == DifferenceKind.UNRECOGNIZED || kind == DifferenceKind.DIFFERENCE_KIND_UNSPECIFIED
                ? Kind.OTHER
                : Kind.valueOf(kind.name().substring(PREFIX.length()));
    }
}
