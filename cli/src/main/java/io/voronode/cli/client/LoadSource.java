package io.voronode.cli.client;

import io.voronode.cli.jsonl.Line;
import io.voronode.cli.jsonl.RecordLines;
import io.voronode.cli.progress.Progress;
import io.voronode.cli.table.Figures;
import io.voronode.client.Expiry;
import io.voronode.client.RecordStatus;
import io.voronode.client.UpsertListener;
import io.voronode.client.VectorRecord;
import io.voronode.client.WriteCondition;
import io.voronode.client.WriteResult;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Feeds the good lines of a file to an upsert and names the bad ones, with the number of their line. Used by one thread at a
 * time: that of the upsert, then the one that asks for the figures.
 */
final class LoadSource implements Iterator<VectorRecord>, UpsertListener {
    private static final int MAX_COMPLAINTS = 20;

    private final RecordLines lines;
    private final boolean ifAbsent;
    private final @Nullable Expiry expiry;
    private final Progress progress;
    /** The lines of the records that are not answered yet, in order: as many as the upsert keeps open. */
    private final Deque<Long> unanswered = new ArrayDeque<>();

    private Line.@Nullable Good next;
    private long badLines;
    private long answered;
    private long present;
    private long complaints;

    /**
     * Reads lines.
     *
     * @param ifAbsent whether only records are to be written that are not there
     * @param expiry of records whose lines say nothing of it
     */
    LoadSource(RecordLines lines, boolean ifAbsent, @Nullable Expiry expiry, Progress progress) {
        this.lines = lines;
        this.ifAbsent = ifAbsent;
        this.expiry = expiry;
        this.progress = progress;
    }

    long badLines() {
        return badLines;
    }

    /** Records that were there already, and were left alone as wanted. */
    long present() {
        return present;
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            Line line = lines.next();
            if (line == null) {
                return false;
            }
            switch (line) {
                case Line.Good good -> next = good;
                case Line.Bad bad -> {
                    badLines++;
                    complain("line " + bad.number() + " " + bad.problem());
                }
            }
        }
        return true;
    }

    @Override
    public VectorRecord next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException("the file has no more records");
        }
        Line.Good line = next;
        next = null;
        unanswered.add(line.number());
        VectorRecord record = line.record();
        if (expiry != null && record.expiry() == null) {
            record = record.expiring(expiry);
        }
        return ifAbsent ? record.with(WriteCondition.absent()) : record;
    }

    @Override
    public void answered(List<WriteResult> results) {
        for (WriteResult result : results) {
            long line = unanswered.remove();
            if (ifAbsent && result.status() == RecordStatus.CONDITION_FAILED) {
                present++;
            } else if (!result.ok()) {
                complain("line " + line + ", key \"" + result.key() + "\": " + problem(result));
            }
        }
        answered += results.size();
        progress.reached(answered);
    }

    /** The server counts the records of a batch, which nobody sees who has a file of lines. */
    private static String problem(WriteResult result) {
        return result.message().replaceFirst("^record \\d+: ", "");
    }

    /** Says how far the file came, and that nobody has to cut it there. */
    void brokeOff() {
        progress.note("voronode: the server answered " + Figures.counted(answered, "record")
                + " of the file; it may be loaded again, records that are there are "
                + (ifAbsent ? "left alone" : "replaced"));
    }

    private void complain(String problem) {
        complaints++;
        if (complaints <= MAX_COMPLAINTS) {
            progress.note("voronode: " + problem);
        } else if (complaints == MAX_COMPLAINTS + 1) {
            progress.note("voronode: more lines are refused; only the first " + MAX_COMPLAINTS + " are named");
        }
    }
}
