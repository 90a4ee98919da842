package io.voronode.coordinator.control;

import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.ControllerServiceGrpc.ControllerServiceImplBase;
import io.voronode.proto.internal.v1.DescribeTrainingsRequest;
import io.voronode.proto.internal.v1.DescribeTrainingsResponse;
import io.voronode.proto.internal.v1.RecalibrateRequest;
import io.voronode.proto.internal.v1.RecalibrateResponse;

/** ControllerService: what other coordinators ask the controller. */
final class ControllerRpc extends ControllerServiceImplBase {
    private final TrainingJobs jobs;
    private final Recalibrations recalibrations;

    ControllerRpc(TrainingJobs jobs, Recalibrations recalibrations) {
        this.jobs = jobs;
        this.recalibrations = recalibrations;
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

    @Override
    public void recalibrate(RecalibrateRequest request, StreamObserver<RecalibrateResponse> observer) {
        Answers.answer(
                observer,
                () -> RecalibrateResponse.newBuilder()
                        .setAccepted(recalibrations.offer(request))
                        .build());
    }
}
