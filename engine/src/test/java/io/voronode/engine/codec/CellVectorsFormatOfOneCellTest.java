package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;
import org.junit.experimental.categories.Category;

/** Lucene's own suite for vector formats: a map of one cell. */
@Category(FurtherLayout.class)
public class CellVectorsFormatOfOneCellTest extends CellFormatTestCase {

    @Override
    CellVectorsFormat format() {
        return TestLayouts.withCells(IndexKind.IVF_FLAT, 1);
    }
}
