package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;

/** Lucene's own suite for vector formats: no posting lists. */
public class CellVectorsFormatOfKindFlatTest extends CellFormatTestCase {

    @Override
    CellVectorsFormat format() {
        return TestLayouts.withoutMap(IndexKind.FLAT);
    }
}
