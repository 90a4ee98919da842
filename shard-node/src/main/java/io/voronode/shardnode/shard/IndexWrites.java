package io.voronode.shardnode.shard;

import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.FilterIndexOutput;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;

/** Counts what the indexes of a node write to their files: how often a vector is written is what merging costs. Any thread. */
public final class IndexWrites {
    private final LongAdder flushed = new LongAdder();
    private final LongAdder merged = new LongAdder();

    IndexWrites() {}

    /** Bytes of new segments, of deletions, and of what commits write besides. */
    public long flushedBytes() {
        return flushed.sum();
    }

    /** Bytes of segments that took the place of others. */
    public long mergedBytes() {
        return merged.sum();
    }

    /** The same directory, whose files count once they are closed. */
    Directory counted(Directory directory) {
        return new Counted(directory);
    }

    private LongAdder counter(IOContext context) {
        return context.context() == IOContext.Context.MERGE ? merged : flushed;
    }

    private final class Counted extends FilterDirectory {
        Counted(Directory directory) {
            super(directory);
        }

        @Override
        public IndexOutput createOutput(String name, IOContext context) throws IOException {
            return new Output(in.createOutput(name, context), counter(context));
        }

        @Override
        public IndexOutput createTempOutput(String prefix, String suffix, IOContext context) throws IOException {
            return new Output(in.createTempOutput(prefix, suffix, context), counter(context));
        }
    }

    /** Hands on numbers whole: by bytes, as by default, they take several times as long. */
    private static final class Output extends FilterIndexOutput {
        private final LongAdder bytes;
        private boolean closed;

        Output(IndexOutput out, LongAdder bytes) {
            super(out.toString(), out.getName(), out);
            this.bytes = bytes;
        }

        @Override
        public void writeShort(short value) throws IOException {
            out.writeShort(value);
        }

        @Override
        public void writeInt(int value) throws IOException {
            out.writeInt(value);
        }

        @Override
        public void writeLong(long value) throws IOException {
            out.writeLong(value);
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                bytes.add(getFilePointer());
            }
            super.close();
        }
    }
}
