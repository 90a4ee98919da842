package io.voronode.cli.client;

import io.grpc.stub.StreamObserver;
import io.voronode.proto.v1.Difference;
import io.voronode.proto.v1.DifferenceKind;
import io.voronode.proto.v1.ReplicaRepair;
import io.voronode.proto.v1.VerifyCollectionRequest;
import io.voronode.proto.v1.VerifyCollectionResponse;
import io.voronode.proto.v1.VerifyProgress;
import io.voronode.proto.v1.VerifyServiceGrpc;
import io.voronode.proto.v1.VerifySummary;

/** A collection with two differences, of which a repair mends one. */
final class FakeUpkeep extends VerifyServiceGrpc.VerifyServiceImplBase {
    @Override
    public void verifyCollection(VerifyCollectionRequest request, StreamObserver<VerifyCollectionResponse> to) {
        Difference row = Difference.newBuilder()
                .setKind(DifferenceKind.DIFFERENCE_KIND_ROW_CONTENT)
                .setKey("a1")
                .setPartition(3)
                .setNode("node-2")
                .setExpected("version 5, content 01")
                .setFound("version 5, content 02")
                .build();
        Difference record = Difference.newBuilder()
                .setKind(DifferenceKind.DIFFERENCE_KIND_RECORD_MISSING)
                .setKey("a2")
                .setGeneration(1)
                .setShard(0)
                .setNode("node-1")
                .setExpected("version 7, cell 9")
                .setFound("no record")
                .build();
        tell(to, row);
        tell(to, record);
        if (request.getRepair()) {
            to.onNext(repair(false));
            to.onNext(repair(true));
            tell(to, row);
        }
        to.onNext(VerifyCollectionResponse.newBuilder()
                .setProgress(VerifyProgress.newBuilder()
                        .setRound(request.getRepair() ? 2 : 1)
                        .setCompared(1_200))
                .build());
        to.onNext(VerifyCollectionResponse.newBuilder()
                .setSummary(VerifySummary.newBuilder()
                        .setCompared(1_200)
                        .setDifferences(request.getRepair() ? 1 : 102)
                        .setRepaired(request.getRepair() ? 1 : 0)
                        .setPartitionReplicas(12)
                        .setShardReplicas(2))
                .build());
        to.onCompleted();
    }

    private static void tell(StreamObserver<VerifyCollectionResponse> to, Difference difference) {
        to.onNext(
                VerifyCollectionResponse.newBuilder().setDifference(difference).build());
    }

    private static VerifyCollectionResponse repair(boolean done) {
        return VerifyCollectionResponse.newBuilder()
                .setRepair(ReplicaRepair.newBuilder()
                        .setGeneration(1)
                        .setNode("node-1")
                        .setDone(done))
                .build();
    }
}
