package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;
import org.junit.experimental.categories.Category;

/** Lucene's own suite for vector formats: no posting lists. */
@Category(FurtherLayout.class)
public class CellVectorsFormatOfKindFlatTest extends CellFormatTestCase {

    @Override
    CellVectorsFormat format() {
        return TestLayouts.withoutMap(IndexKind.FLAT);
    }
}
