package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;
import org.junit.experimental.categories.Category;

/** Lucene's own suite for vector formats: bytes in every segment, however small, under a map of sixteen cells. */
@Category(FurtherLayout.class)
public class CellVectorsFormatOfSixteenCellsWithByteCodesTest extends CellFormatTestCase {

    @Override
    CellVectorsFormat format() {
        return TestLayouts.withCells(IndexKind.IVF_SQ8, 16);
    }
}
