package io.voronode.cli.client;

import io.voronode.cli.jsonl.Line;
import io.voronode.cli.jsonl.RecordLines;
import io.voronode.cli.progress.Progress;
import io.voronode.client.UpsertListener;
import io.voronode.client.VectorRecord;
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
    private final Progress progress;
    /** The lines of the records that are not answered yet, in order: as many as the upsert keeps open. */
    private final Deque<Long> unanswered = new ArrayDeque<>();

    private Line.@Nullable Good next;
    private long badLines;
    private long answered;
    private long complaints;

    LoadSource(RecordLines lines, Progress progress) {
        this.lines = lines;
        this.progress = progress;
    }

    long badLines() {
        return badLines;
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
        return line.record();
    }

    @Override
    public void answered(List<WriteResult> results) {
        for (WriteResult result : results) {
            long line = unanswered.remove();
            if (!result.ok()) {
                complain("line " + line + ", key \"" + result.key() + "\": " + result.message());
            }
        }
        answered += results.size();
        progress.reached(answered);
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
