package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;

/** Lucene's own suite for vector formats: everything in cell 0. */
public class CellVectorsFormatWithoutMapTest extends CellFormatTestCase {

    @Override
    CellVectorsFormat format() {
        return TestLayouts.withoutMap(IndexKind.IVF_FLAT);
    }
}
