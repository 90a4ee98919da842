package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.index.BaseKnnVectorsFormatTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Lucene's own suite for vector formats: no posting lists. */
public class CellVectorsFormatOfKindFlatTest extends BaseKnnVectorsFormatTestCase {

    @Override
    protected Codec getCodec() {
        return TestUtil.alwaysKnnVectorsFormat(TestLayouts.withoutMap(IndexKind.FLAT));
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
