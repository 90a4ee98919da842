package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;

/** Lucene's own suite for vector formats: a map of one cell. */
public class CellVectorsFormatOfOneCellTest extends CellFormatTestCase {

    @Override
    CellVectorsFormat format() {
        return TestLayouts.withCells(IndexKind.IVF_FLAT, 1);
    }
}
