package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;
import org.junit.experimental.categories.Category;

/** Lucene's own suite for vector formats: everything in cell 0. */
@Category(FurtherLayout.class)
public class CellVectorsFormatWithoutMapTest extends CellFormatTestCase {

    @Override
    CellVectorsFormat format() {
        return TestLayouts.withoutMap(IndexKind.IVF_FLAT);
    }
}
