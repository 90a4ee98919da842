package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.index.BaseKnnVectorsFormatTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Lucene's own suite for vector formats: codes in every segment, however small, under a map of one cell. */
public class CellVectorsFormatOfOneCellWithCodesTest extends BaseKnnVectorsFormatTestCase {

    @Override
    protected Codec getCodec() {
        return TestUtil.alwaysKnnVectorsFormat(TestLayouts.withCells(IndexKind.IVF_RABITQ, 1));
    }

    @Override
    protected boolean supportsFloatVectorFallback() {
        return false;
    }

    @Override
    protected boolean mergeIsStable() {
        return true;
    }
}
