package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;

/** Lucene's own suite for vector formats: codes in every segment, however small, under a map of sixteen cells. */
public class CellVectorsFormatOfSixteenCellsWithCodesTest extends CellFormatTestCase {

    @Override
    CellVectorsFormat format() {
        return TestLayouts.withCells(IndexKind.IVF_RABITQ, 16);
    }
}
