package io.voronode.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Metadata;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The id of a user's call, by which its lines are found in the logs of all processes that worked on it, and which its error carries. It
 * travels in the metadata {@value #NAME} and within a process in the gRPC context, so it is where the work is: whoever hands work to another
 * thread hands the context on. It is what the client sent; else the {@code request_id} of the message, in hex; else one that is made when it is first asked
 * for. Any thread.
 */
public final class RequestId {
    /** Of the metadata, in requests and in the trailers of errors. */
    public static final String NAME = "x-request-id";

    static final Metadata.Key<String> HEADER = Metadata.Key.of(NAME, Metadata.ASCII_STRING_MARSHALLER);
    static final Context.Key<RequestId> KEY = Context.key(NAME);

    private static final int MOST_CHARACTERS = 128;
    private static final String MESSAGE_FIELD = "request_id";

    private volatile @Nullable String id;

    private RequestId(@Nullable String id) {
        this.id = id;
    }

    /** As a client sent it; another one takes the place of what cannot be printed, or is too long. */
    static RequestId of(@Nullable String sent) {
        return new RequestId(sent != null && isPrintable(sent) ? sent : null);
    }

    private static boolean isPrintable(String id) {
        return !id.isEmpty() && id.length() <= MOST_CHARACTERS && id.chars().allMatch(c -> c > ' ' && c < 127);
    }

    /** The id of the call that this thread works for; empty where it works for none. */
    public static String current() {
        RequestId current = KEY.get();
        return current == null ? "" : current.id();
    }

    /** The message of the call has come. */
    void read(Object message) {
        if (id == null && message instanceof Message request) {
            FieldDescriptor field = request.getDescriptorForType().findFieldByName(MESSAGE_FIELD);
            if (field != null
                    && request.getField(field) instanceof ByteString bytes
                    && !bytes.isEmpty()
                    && bytes.size() <= MOST_CHARACTERS / 2) {
                id = HexFormat.of().formatHex(bytes.toByteArray());
            }
        }
    }

    String id() {
        String known = id;
        return known == null ? made() : known;
    }

    /** Two threads must not make two of them. */
    private synchronized String made() {
        String known = id;
        if (known == null) {
            known = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
            id = known;
        }
        return known;
    }
}
