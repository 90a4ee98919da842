package io.voronode.engine.search;

import io.voronode.engine.codec.SegmentCells;
import org.apache.lucene.index.LeafReaderContext;

/** A segment to be searched, and its cells. */
record OpenSegment(LeafReaderContext leaf, SegmentCells cells) {}
