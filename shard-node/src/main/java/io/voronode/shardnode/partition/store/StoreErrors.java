package io.voronode.shardnode.partition.store;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.voronode.wire.VoronodeException;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Turns what RocksDB and protobuf throw into the errors that the rest knows. */
final class StoreErrors {
    private StoreErrors() {}

    static VoronodeException of(String action, Path folder, RocksDBException cause) {
        Status status = cause.getStatus();
        String message = "cannot " + action + " row store " + folder + ": " + cause.getMessage();
        return status != null && isDamage(status, message)
                ? new VoronodeException.Corruption(message, cause)
                : new VoronodeException.Unavailable(message, cause);
    }

    /** A file that the store knows and does not find is as bad as one that it cannot read; the Java binding has no code for it. */
    private static boolean isDamage(Status status, String message) {
        return status.getCode() == Status.Code.Corruption
                || (status.getCode() == Status.Code.IOError && message.contains("No such file or directory"));
    }

    static <T extends Message> T parse(Parser<T> parser, byte[] bytes, Path folder) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new VoronodeException.Corruption("row store " + folder + " holds a value that cannot be read", e);
        }
    }
}
