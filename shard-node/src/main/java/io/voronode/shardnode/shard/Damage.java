package io.voronode.shardnode.shard;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.nio.file.NoSuchFileException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.jspecify.annotations.Nullable;

/** Tells damaged files from everything else that can go wrong with an index. */
public final class Damage {
    private Damage() {}

    /** Whether the error, or one of those that led to it, says that files of an index are damaged or missing. */
    public static boolean caused(Throwable error) {
        for (@Nullable Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof CorruptIndexException
                    || cause instanceof IndexFormatTooNewException
                    || cause instanceof IndexFormatTooOldException
                    || cause instanceof EOFException
                    || cause instanceof FileNotFoundException
                    || cause instanceof NoSuchFileException) {
                return true;
            }
        }
        return false;
    }
}
