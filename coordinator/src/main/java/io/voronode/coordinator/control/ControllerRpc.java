package io.voronode.coordinator.control;

import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.ControllerServiceGrpc.ControllerServiceImplBase;
import io.voronode.proto.internal.v1.DescribeTrainingsRequest;
import io.voronode.proto.internal.v1.DescribeTrainingsResponse;
import io.voronode.proto.internal.v1.RecalibrateRequest;
import io.voronode.proto.internal.v1.RecalibrateResponse;
import io.voronode.proto.internal.v1.RecoverRequest;
import io.voronode.proto.internal.v1.RecoverResponse;

/** ControllerService: what other coordinators ask the controller. */
final class ControllerRpc extends ControllerServiceImplBase {
    private final TrainingJobs jobs;
    private final Recalibrations recalibrations;
    private final RecoveryCall recovery;

    ControllerRpc(TrainingJobs jobs, Recalibrations recalibrations, RecoveryCall recovery) {
        this.jobs = jobs;
        this.recalibrations = recalibrations;
        this.recovery = recovery;
    }

    @Override
    public void recover(RecoverRequest request, StreamObserver<RecoverResponse> observer) {
        Answers.answer(
                observer,
                () -> RecoverResponse.newBuilder()
                        .setOutcome(recovery.here(request.getRequest(), Answers.timeLeft()))
                        .build());
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
