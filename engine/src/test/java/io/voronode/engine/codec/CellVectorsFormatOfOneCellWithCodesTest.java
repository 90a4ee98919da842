package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;
import org.junit.experimental.categories.Category;

/** Lucene's own suite for vector formats: codes in every segment, however small, under a map of one cell. */
@Category(FurtherLayout.class)
public class CellVectorsFormatOfOneCellWithCodesTest extends CellFormatTestCase {

    @Override
    CellVectorsFormat format() {
        return TestLayouts.withCells(IndexKind.IVF_RABITQ, 1);
    }
}
