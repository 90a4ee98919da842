package io.voronode.coordinator.token;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.voronode.coordinator.token.Sealed.Kind;
import io.voronode.proto.internal.v1.Position;
import io.voronode.wire.PositionOrder;
import io.voronode.wire.VoronodeException.BadInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a session has written and read of one collection: per partition the position that contains it all. Immutable. A
 * position of another lineage than the known one replaces it: the history that the old one spoke of is gone.
 *
 * <p>Encoded: [varint] length and [bytes] of the sealed positions. Tokens that a client has joined, because their answers overtook
 * each other, are several of these; they are folded when read.
 */
public final class SessionToken {
    private final ByteString collectionUuid;
    private final SortedMap<Integer, Position> positions;

    private SessionToken(ByteString collectionUuid, SortedMap<Integer, Position> positions) {
        this.collectionUuid = collectionUuid;
        this.positions = Collections.unmodifiableSortedMap(positions);
    }

    /** Of a session that has seen nothing. */
    public static SessionToken empty(ByteString collectionUuid) {
        return new SessionToken(collectionUuid, new TreeMap<>());
    }

    /**
     * Reads a token that a client sent; empty bytes are the empty token.
     *
     * @throws BadInput if it is damaged or of another collection
     */
    public static SessionToken decode(ByteString collectionUuid, ByteString token) {
        if (token.isEmpty()) {
            return empty(collectionUuid);
        }
        SessionToken folded = empty(collectionUuid);
        CodedInputStream in = token.newCodedInput();
        try {
            while (!in.isAtEnd()) {
                folded = folded.plus(
                        Sealed.open(Kind.SESSION_TOKEN, collectionUuid, in.readBytes(), SessionToken::read));
            }
        } catch (IOException e) {
            throw new BadInput("session token of " + token.size() + " bytes is not one that this cluster gave out");
        }
        return folded;
    }

    private static Collection<Position> read(CodedInputStream in) throws IOException {
        SortedMap<Integer, Position> positions = new TreeMap<>();
        while (!in.isAtEnd()) {
            Position position = Position.newBuilder()
                    .setPartition(in.readUInt32())
                    .setLineage(in.readBytes())
                    .setIndex(in.readUInt64())
                    .build();
            positions.put(position.getPartition(), position);
        }
        return positions.values();
    }

    /** What the client carries. Empty where nothing has been seen. */
    public ByteString encode() {
        return positions.isEmpty()
                ? ByteString.EMPTY
                : framed(Sealed.seal(Kind.SESSION_TOKEN, collectionUuid, this::write));
    }

    private static ByteString framed(ByteString sealed) {
        ByteString.Output bytes = ByteString.newOutput();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeBytesNoTag(sealed);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
        return bytes.toByteString();
    }

    private void write(CodedOutputStream out) throws IOException {
        for (Position position : positions.values()) {
            out.writeUInt32NoTag(position.getPartition());
            out.writeBytesNoTag(position.getLineage());
            out.writeUInt64NoTag(position.getIndex());
        }
    }

    /** The token of the same collection that has seen nothing. */
    public SessionToken nothing() {
        return empty(collectionUuid);
    }

    /** This and what these positions contain. */
    public SessionToken plus(Collection<Position> seen) {
        SortedMap<Integer, Position> folded = new TreeMap<>(positions);
        for (Position position : seen) {
            folded.merge(position.getPartition(), position, PositionOrder::later);
        }
        return new SessionToken(collectionUuid, folded);
    }

    /** What has been seen of a partition. */
    public @Nullable Position position(int partition) {
        return positions.get(partition);
    }

    public boolean isEmpty() {
        return positions.isEmpty();
    }

    /** One per partition of which anything has been seen. */
    public List<Position> positions() {
        return List.copyOf(positions.values());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SessionToken token
                && collectionUuid.equals(token.collectionUuid)
                && positions.equals(token.positions);
    }

    @Override
    public int hashCode() {
        return Map.entry(collectionUuid, positions).hashCode();
    }
}
