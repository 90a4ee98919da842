package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;
import org.junit.experimental.categories.Category;

/** Lucene's own suite for vector formats: vectors assigned to the nearest of sixteen cells. */
@Category(FurtherLayout.class)
public class CellVectorsFormatOfSixteenCellsTest extends CellFormatTestCase {

    @Override
    CellVectorsFormat format() {
        return TestLayouts.withCells(IndexKind.IVF_FLAT, 16);
    }
}
