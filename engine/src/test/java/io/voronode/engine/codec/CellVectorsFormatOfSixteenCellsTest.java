package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;

/** Lucene's own suite for vector formats: vectors assigned to the nearest of sixteen cells. */
public class CellVectorsFormatOfSixteenCellsTest extends CellFormatTestCase {

    @Override
    CellVectorsFormat format() {
        return TestLayouts.withCells(IndexKind.IVF_FLAT, 16);
    }
}
