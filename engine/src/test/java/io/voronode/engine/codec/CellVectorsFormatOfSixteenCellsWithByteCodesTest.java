package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.index.BaseKnnVectorsFormatTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Lucene's own suite for vector formats: bytes in every segment, however small, under a map of sixteen cells. */
public class CellVectorsFormatOfSixteenCellsWithByteCodesTest extends BaseKnnVectorsFormatTestCase {

    @Override
    protected Codec getCodec() {
        return TestUtil.alwaysKnnVectorsFormat(TestLayouts.withCells(IndexKind.IVF_SQ8, 16));
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
