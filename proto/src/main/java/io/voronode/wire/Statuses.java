package io.voronode.wire;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.voronode.wire.VoronodeException.AlreadyExists;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Bug;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Corruption;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.NotLeader;
import io.voronode.wire.VoronodeException.Overload;
import io.voronode.wire.VoronodeException.Reason;
import io.voronode.wire.VoronodeException.TooLarge;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one place where errors become gRPC statuses and statuses errors again. */
public final class Statuses {
    private static final String DOMAIN = "voronode";
    private static final String NOT_LEADER = "NOT_LEADER";

    private Statuses() {}

    private static final Map<Class<? extends VoronodeException>, Status.Code> CODES = Map.ofEntries(
            Map.entry(BadInput.class, Status.Code.INVALID_ARGUMENT),
            Map.entry(NotFound.class, Status.Code.NOT_FOUND),
            Map.entry(AlreadyExists.class, Status.Code.ALREADY_EXISTS),
            Map.entry(Conflict.class, Status.Code.FAILED_PRECONDITION),
            Map.entry(NotLeader.class, Status.Code.UNAVAILABLE),
            Map.entry(Overload.class, Status.Code.RESOURCE_EXHAUSTED),
            Map.entry(TooLarge.class, Status.Code.RESOURCE_EXHAUSTED),
            Map.entry(Unavailable.class, Status.Code.UNAVAILABLE),
            Map.entry(DeadlineExceeded.class, Status.Code.DEADLINE_EXCEEDED),
            Map.entry(Corruption.class, Status.Code.DATA_LOSS),
            Map.entry(Bug.class, Status.Code.INTERNAL));

    /** What a server answers for an error; anything that is not a {@link VoronodeException} is a bug. */
    public static StatusRuntimeException toGrpc(Throwable error) {
        if (error instanceof StatusRuntimeException status) {
            return status;
        }
        return status(CODES.getOrDefault(error.getClass(), Status.Code.INTERNAL), error, details(error));
    }

    private static List<Message> details(Throwable error) {
        if (error instanceof Conflict conflict) {
            return List.of(info(conflict.reason().name(), Map.of()).build());
        }
        if (error instanceof NotLeader notLeader) {
            return List.of(info(NOT_LEADER, leader(notLeader.leader())).build());
        }
        if (error instanceof Overload overload) {
            return List.of(RetryInfo.newBuilder()
                    .setRetryDelay(Durations.fromMillis(overload.retryDelay().toMillis()))
                    .build());
        }
        return List.of();
    }

    /** What a client makes of a status. Errors that are none pass through a {@link Bug}. */
    public static VoronodeException fromGrpc(Throwable error) {
        if (error instanceof VoronodeException e) {
            return e;
        }
        Status status = Status.fromThrowable(error);
        String message = message(status);
        return switch (status.getCode()) {
            case INVALID_ARGUMENT, OUT_OF_RANGE, UNIMPLEMENTED -> new BadInput(message);
            case NOT_FOUND -> new NotFound(message);
            case ALREADY_EXISTS -> new AlreadyExists(message);
            case FAILED_PRECONDITION, ABORTED -> new Conflict(reason(error), message);
            case RESOURCE_EXHAUSTED -> exhausted(error, message);
            case UNAVAILABLE, CANCELLED, UNAUTHENTICATED, PERMISSION_DENIED -> unavailable(error, message);
            case DEADLINE_EXCEEDED -> new DeadlineExceeded(message);
            case DATA_LOSS -> new Corruption(message, error);
            case OK, UNKNOWN, INTERNAL -> new Bug(message, error);
        };
    }

    private static VoronodeException unavailable(Throwable error, String message) {
        return detail(error, ErrorInfo.class)
                .filter(info -> info.getReason().equals(NOT_LEADER))
                .<VoronodeException>map(
                        info -> new NotLeader(message, info.getMetadataMap().get("leader")))
                .orElseGet(() -> new Unavailable(message, error));
    }

    private static Reason reason(Throwable error) {
        String name = detail(error, ErrorInfo.class).map(ErrorInfo::getReason).orElse("");
        for (Reason reason : Reason.values()) {
            if (reason.name().equals(name)) {
                return reason;
            }
        }
        return Reason.NOT_POSSIBLE_NOW;
    }

    /** Who has too much to do says when to come back; without that it is a message above the limit, as gRPC itself refuses them. */
    private static VoronodeException exhausted(Throwable error, String message) {
        return detail(error, RetryInfo.class)
                .<VoronodeException>map(
                        info -> new Overload(message, Duration.ofMillis(Durations.toMillis(info.getRetryDelay()))))
                .orElseGet(() -> new TooLarge(message));
    }

    private static String message(Status status) {
        String description = status.getDescription();
        return description == null ? status.getCode().name() : description;
    }

    private static ErrorInfo.Builder info(String reason, Map<String, String> metadata) {
        return ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(reason).putAllMetadata(metadata);
    }

    private static Map<String, String> leader(@Nullable String leader) {
        return leader == null ? Map.of() : Map.of("leader", leader);
    }

    private static StatusRuntimeException status(Status.Code code, Throwable error, List<Message> details) {
        String message = error.getMessage();
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(code.value())
                .setMessage(message == null ? error.getClass().getSimpleName() : message);
        for (Message detail : details) {
            status.addDetails(Any.pack(detail));
        }
        StatusRuntimeException made = StatusProto.toStatusRuntimeException(status.build());
        // The cause stays on this side of the wire: for the log.
        return made.getStatus().withCause(error).asRuntimeException(made.getTrailers());
    }

    private static <T extends Message> Optional<T> detail(Throwable error, Class<T> type) {
        com.google.rpc.Status status = StatusProto.fromThrowable(error);
        if (status == null) {
            return Optional.empty();
        }
        for (Any any : status.getDetailsList()) {
            if (any.is(type)) {
                try {
                    return Optional.of(any.unpack(type));
                } catch (InvalidProtocolBufferException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }
}
