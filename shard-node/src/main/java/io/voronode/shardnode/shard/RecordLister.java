package io.voronode.shardnode.shard;

import io.voronode.engine.search.DocCells;
import io.voronode.proto.internal.v1.IndexRecord;
import io.voronode.proto.internal.v1.KeySelection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiBits;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * Lists the live documents of an index by key. Finds them by the terms of the keys, as updates and deletes do; then reads versions and
 * cells segment by segment, since both are stored by document.
 */
final class RecordLister {
    private final DirectoryReader reader;
    private final @Nullable Bits live;
    /** In key order. */
    private final List<Found> found = new ArrayList<>();

    private boolean more;

    private RecordLister(DirectoryReader reader) {
        this.reader = reader;
        this.live = MultiBits.getLiveDocs(reader);
    }

    /** A document and what is known of it so far. */
    private static final class Found {
        private final int docId;
        private final IndexRecord.Builder record;

        Found(int docId, String key) {
            this.docId = docId;
            this.record = IndexRecord.newBuilder().setKey(key);
        }
    }

    static RecordList list(DirectoryReader reader, KeySelection keys) throws IOException {
        RecordLister lister = new RecordLister(reader);
        Terms terms = MultiTerms.getTerms(reader, ShardIndex.KEY);
        if (terms != null) {
            lister.find(terms.iterator(), keys);
        }
        lister.complete();
        return new RecordList(lister.found.stream().map(f -> f.record.build()).toList(), lister.more);
    }

    // ---- documents by key

    private void find(TermsEnum terms, KeySelection keys) throws IOException {
        if (keys.getKeysCount() == 0) {
            findRange(terms, keys);
            return;
        }
        for (String key : keys.getKeysList()) {
            if (terms.seekExact(new BytesRef(key))) {
                add(terms);
            }
        }
    }

    private void findRange(TermsEnum terms, KeySelection keys) throws IOException {
        BytesRef after = new BytesRef(keys.getAfterKey());
        BytesRef through = keys.getThroughKey().isEmpty() ? null : new BytesRef(keys.getThroughKey());
        BytesRef term = terms.seekCeil(after) == TermsEnum.SeekStatus.END ? null : terms.term();
        if (after.length > 0 && after.equals(term)) {
            term = terms.next();
        }
        for (; term != null && (through == null || term.compareTo(through) <= 0); term = terms.next()) {
            if (found.size() >= keys.getLimit() && hasLive(terms)) {
                more = true;
                return;
            }
            add(terms);
        }
    }

    private boolean hasLive(TermsEnum terms) throws IOException {
        return nextLive(terms.postings(null, PostingsEnum.NONE)) != DocIdSetIterator.NO_MORE_DOCS;
    }

    private void add(TermsEnum terms) throws IOException {
        String key = new String(terms.term().bytes, terms.term().offset, terms.term().length, StandardCharsets.UTF_8);
        PostingsEnum documents = terms.postings(null, PostingsEnum.NONE);
        for (int doc = nextLive(documents); doc != DocIdSetIterator.NO_MORE_DOCS; doc = nextLive(documents)) {
            found.add(new Found(doc, key));
        }
    }

    private int nextLive(PostingsEnum documents) throws IOException {
        int doc = documents.nextDoc();
        while (doc != DocIdSetIterator.NO_MORE_DOCS && live != null && !live.get(doc)) {
            doc = documents.nextDoc();
        }
        return doc;
    }

    // ---- what documents hold

    private void complete() throws IOException {
        List<Found> byDocument = new ArrayList<>(found);
        byDocument.sort(Comparator.comparingInt(f -> f.docId));
        List<LeafReaderContext> leaves = reader.leaves();
        for (int from = 0; from < byDocument.size(); ) {
            LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(byDocument.get(from).docId, leaves));
            int to = from;
            while (to < byDocument.size()
                    && byDocument.get(to).docId < leaf.docBase + leaf.reader().maxDoc()) {
                to++;
            }
            complete(leaf, byDocument.subList(from, to));
            from = to;
        }
    }

    private static void complete(LeafReaderContext leaf, List<Found> documents) throws IOException {
        int[] ids = documents.stream().mapToInt(f -> f.docId - leaf.docBase).toArray();
        int[] cells = DocCells.of(leaf.reader(), ShardIndex.VECTOR, ids);
        NumericDocValues versions = DocValues.getNumeric(leaf.reader(), ShardIndex.VERSION);
        for (int i = 0; i < ids.length; i++) {
            IndexRecord.Builder record = documents.get(i).record;
            if (versions.advanceExact(ids[i])) {
                record.setVersion(versions.longValue());
            }
            if (cells[i] != DocCells.NONE) {
                record.setCell(cells[i]);
            }
        }
    }
}
