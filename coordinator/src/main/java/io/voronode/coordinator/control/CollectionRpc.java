package io.voronode.coordinator.control;

import io.grpc.stub.StreamObserver;
import io.voronode.proto.v1.CollectionServiceGrpc.CollectionServiceImplBase;
import io.voronode.proto.v1.CreateCollectionRequest;
import io.voronode.proto.v1.CreateCollectionResponse;
import io.voronode.proto.v1.DeleteCollectionRequest;
import io.voronode.proto.v1.DeleteCollectionResponse;
import io.voronode.proto.v1.GetCollectionRequest;
import io.voronode.proto.v1.GetCollectionResponse;
import io.voronode.proto.v1.ListCollectionsRequest;
import io.voronode.proto.v1.ListCollectionsResponse;
import io.voronode.proto.v1.RetrainCollectionRequest;
import io.voronode.proto.v1.RetrainCollectionResponse;
import io.voronode.proto.v1.UpdateCollectionRequest;
import io.voronode.proto.v1.UpdateCollectionResponse;

/** CollectionService: each call is one of {@link CollectionAdmin}, within the caller's deadline. Blocks the server's threads. */
final class CollectionRpc extends CollectionServiceImplBase {
    private final CollectionAdmin admin;

    CollectionRpc(CollectionAdmin admin) {
        this.admin = admin;
    }

    @Override
    public void createCollection(CreateCollectionRequest request, StreamObserver<CreateCollectionResponse> observer) {
        Answers.answer(
                observer,
                () -> CreateCollectionResponse.newBuilder()
                        .setCollection(admin.create(request.getConfig(), request.getRequestId(), Answers.timeLeft()))
                        .build());
    }

    @Override
    public void getCollection(GetCollectionRequest request, StreamObserver<GetCollectionResponse> observer) {
        Answers.answer(
                observer,
                () -> GetCollectionResponse.newBuilder()
                        .setCollection(admin.get(request.getName()))
                        .build());
    }

    @Override
    public void listCollections(ListCollectionsRequest request, StreamObserver<ListCollectionsResponse> observer) {
        Answers.answer(
                observer,
                () -> ListCollectionsResponse.newBuilder()
                        .addAllCollections(admin.list())
                        .build());
    }

    @Override
    public void updateCollection(UpdateCollectionRequest request, StreamObserver<UpdateCollectionResponse> observer) {
        Answers.answer(
                observer,
                () -> UpdateCollectionResponse.newBuilder()
                        .setCollection(admin.update(request, Answers.timeLeft()))
                        .build());
    }

    @Override
    public void deleteCollection(DeleteCollectionRequest request, StreamObserver<DeleteCollectionResponse> observer) {
        Answers.answer(observer, () -> {
            admin.delete(request.getName(), Answers.timeLeft());
            return DeleteCollectionResponse.getDefaultInstance();
        });
    }

    @Override
    public void retrainCollection(
            RetrainCollectionRequest request, StreamObserver<RetrainCollectionResponse> observer) {
        Answers.answer(
                observer,
                () -> RetrainCollectionResponse.newBuilder()
                        .setGeneration(admin.retrain(request.getName()))
                        .build());
    }
}
