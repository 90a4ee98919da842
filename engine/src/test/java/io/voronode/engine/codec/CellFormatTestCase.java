package io.voronode.engine.codec;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.index.BaseKnnVectorsFormatTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Lucene's own suite for vector formats, over {@link CellVectorsFormat} in one of its layouts. */
public abstract class CellFormatTestCase extends BaseKnnVectorsFormatTestCase {

    abstract CellVectorsFormat format();

    @Override
    protected final Codec getCodec() {
        return TestUtil.alwaysKnnVectorsFormat(format());
    }

    @Override
    protected final boolean supportsFloatVectorFallback() {
        return false;
    }

    @Override
    protected final boolean mergeIsStable() {
        return true;
    }
}
