package io.voronode.coordinator.control;

import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.ControllerServiceGrpc.ControllerServiceImplBase;
import io.voronode.proto.internal.v1.DescribeTrainingsRequest;
import io.voronode.proto.internal.v1.DescribeTrainingsResponse;

/** ControllerService: what other coordinators ask the controller. */
final class ControllerRpc extends ControllerServiceImplBase {
    private final TrainingJobs jobs;

    ControllerRpc(TrainingJobs jobs) {
        this.jobs = jobs;
    }

    @Override
    public void describeTrainings(
            DescribeTrainingsRequest request, StreamObserver<DescribeTrainingsResponse> observer) {
        Answers.answer(
                observer,
                () -> DescribeTrainingsResponse.newBuilder()
                        .addAllTrainings(jobs.describe())
                        .build());
    }
}
