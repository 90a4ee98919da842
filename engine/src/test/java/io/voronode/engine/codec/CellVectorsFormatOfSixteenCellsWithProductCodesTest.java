package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;
import org.junit.experimental.categories.Category;

/** Lucene's own suite for vector formats: codes of a product quantizer in every segment, however small, under a map of sixteen cells. */
@Category(FurtherLayout.class)
public class CellVectorsFormatOfSixteenCellsWithProductCodesTest extends CellFormatTestCase {

    @Override
    CellVectorsFormat format() {
        return TestLayouts.withCells(IndexKind.IVF_PQ, 16);
    }
}
