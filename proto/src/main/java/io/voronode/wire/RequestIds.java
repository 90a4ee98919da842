package io.voronode.wire;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Takes {@link RequestId}s in at servers, and sends them on with the calls that are made for a call. */
public final class RequestIds implements ServerInterceptor {
    private static final ClientInterceptor SENDING = new Sending();

    private final boolean ofUsers;

    private RequestIds(boolean ofUsers) {
        this.ofUsers = ofUsers;
    }

    /** For servers that users call: each call has an id. */
    public static RequestIds ofUsers() {
        return new RequestIds(true);
    }

    /** For servers within the cluster: a call has the id of the user's call that it is made for, if there is one. */
    public static RequestIds ofCallers() {
        return new RequestIds(false);
    }

    /** For channels within the cluster. */
    static ClientInterceptor sending() {
        return SENDING;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String sent = headers.get(RequestId.HEADER);
        if (sent == null && !ofUsers) {
            return next.startCall(call, headers);
        }
        RequestId id = RequestId.of(sent);
        Context context = Context.current().withValue(RequestId.KEY, id);
        ServerCall.Listener<Q> listener = Contexts.interceptCall(context, new TellingCall<>(call, id), headers, next);
        return sent == null ? new ReadingListener<>(listener, id) : listener;
    }

    /** Tells the caller the id with the error. */
    private static final class TellingCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final RequestId id;

        TellingCall(ServerCall<Q, A> call, RequestId id) {
            super(call);
            this.id = id;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            super.close(status, status.isOk() ? trailers : with(trailers));
        }

        /** Trailers may be those of an error that came from elsewhere, and be read by others. */
        private Metadata with(Metadata trailers) {
            Metadata told = new Metadata();
            told.merge(trailers);
            told.discardAll(RequestId.HEADER);
            told.put(RequestId.HEADER, id.id());
            return told;
        }
    }

    private static final class ReadingListener<Q> extends SimpleForwardingServerCallListener<Q> {
        private final RequestId id;

        ReadingListener(ServerCall.Listener<Q> listener, RequestId id) {
            super(listener);
            this.id = id;
        }

        @Override
        public void onMessage(Q message) {
            id.read(message);
            super.onMessage(message);
        }
    }

    private static final class Sending implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            RequestId id = RequestId.KEY.get();
            ClientCall<Q, A> call = next.newCall(method, options);
            return id == null ? call : new SendingCall<>(call, id);
        }
    }

    private static final class SendingCall<Q, A> extends SimpleForwardingClientCall<Q, A> {
        private final RequestId id;

        SendingCall(ClientCall<Q, A> call, RequestId id) {
            super(call);
            this.id = id;
        }

        @Override
        public void start(Listener<A> listener, Metadata headers) {
            headers.discardAll(RequestId.HEADER);
            headers.put(RequestId.HEADER, id.id());
            super.start(listener, headers);
        }
    }
}
